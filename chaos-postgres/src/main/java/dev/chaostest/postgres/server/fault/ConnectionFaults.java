// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.fault.internal.ActiveFaults;
import dev.chaostest.postgres.server.fault.internal.Admin;
import dev.chaostest.postgres.server.fault.internal.Crowd;
import dev.chaostest.postgres.server.fault.internal.Recovery;
import dev.chaostest.postgres.server.fault.internal.Refusal;

/**
 * Keeps a server from taking new sessions; those that are open go on.
 *
 * <p>Made by {@link ServerFaults#connections}.
 *
 * <pre>{@code
 * try (Injection full = faults.connections().exhaust()) {
 *     assertThatThrownBy(service::start).extracting("SQLState").isEqualTo("53300");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ConnectionFaults {
    private static final String ROLE_LIMIT =
            "SELECT rolconnlimit::text FROM pg_roles WHERE rolname = ? AND NOT rolsuper";
    private static final String ROLE_LOGIN =
            "SELECT CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END FROM pg_roles WHERE rolname = ?";
    private static final String DATABASE_OPEN =
            "SELECT CASE WHEN datallowconn THEN 'true' ELSE 'false' END FROM pg_database WHERE datname = ?";

    private final ActiveFaults faults;

    ConnectionFaults(ActiveFaults faults) {
        this.faults = faults;
    }

    /**
     * Takes every connection that is left, up to {@code max_connections}; takes about 2 ms for each.
     *
     * <p>Who connects sees 53300, a superuser too. A session that ends leaves room for one that begins.
     *
     * @return closing it closes them
     * @throws ChaosException if the server takes more than 1,000 connections
     */
    public Injection exhaust() {
        Crowd crowd = new Crowd(admin(), new Recovery(server(), faults.scope().time()));
        return faults.strike("take every connection of the server", Reach.SERVER, crowd.require());
    }

    /**
     * Refuses new sessions of a role, with 53300.
     *
     * @param role as the catalog has its name; not a superuser, who is exempt
     * @return closing it gives the role the limit back that it had
     * @throws ChaosException if there is no such role
     */
    public Injection exhaust(String role) {
        return faults.strike(
                "no connection for role " + role,
                Reach.SERVER,
                new Refusal(
                                admin(),
                                "role \"" + role + "\" (not a superuser)",
                                ROLE_LIMIT,
                                role,
                                "ALTER ROLE " + SchemaName.quote(role) + " CONNECTION LIMIT ",
                                "0",
                                () -> admin().connect(role),
                                "53300")
                        .require());
    }

    /**
     * Refuses new sessions of a role, with 28000.
     *
     * @param role as the catalog has its name; not the server's own user, which heals
     * @return closing it lets the role log in again
     * @throws ChaosException if there is no such role, or it is the server's own
     */
    public Injection closeRole(String role) {
        if (role.equals(server().user())) {
            throw new ChaosException("The role that is closed must not be " + role
                    + ", as which this library heals. Create a role for the code under test.");
        }
        return faults.strike(
                "close role " + role,
                Reach.SERVER,
                new Refusal(
                                admin(),
                                "role \"" + role + "\"",
                                ROLE_LOGIN,
                                role,
                                "ALTER ROLE " + SchemaName.quote(role) + " ",
                                "NOLOGIN",
                                () -> admin().connect(role),
                                "28000")
                        .require());
    }

    /**
     * Refuses new sessions of a database, with 55000, a superuser's too.
     *
     * @param database as the catalog has its name
     * @return closing it opens the database again
     * @throws ChaosException if there is no such database
     */
    public Injection closeDatabase(String database) {
        Admin elsewhere = new Admin(server(), database.equals("postgres") ? "template1" : "postgres");
        return faults.strike(
                "close database " + database,
                Reach.DATABASE,
                new Refusal(
                                elsewhere,
                                "database \"" + database + "\"",
                                DATABASE_OPEN,
                                database,
                                "ALTER DATABASE " + SchemaName.quote(database) + " ALLOW_CONNECTIONS ",
                                "false",
                                () -> new Admin(server(), database).connect(),
                                "55000")
                        .require());
    }

    private Admin admin() {
        return Admin.of(server());
    }

    private PostgresServer server() {
        return faults.server();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** How a server or a database becomes read-only, and how it is known that it is. */
public final class ReadOnly {

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = 1_000_000;

    /** Whoever switches must be able to switch back. */
    private static final String MAY_WRITE = "&options=-c%20default_transaction_read_only%3Doff";

    /** A postmaster that stands still would be waited for without end. */
    private static final String DEADLINES = "&connectTimeout=30&socketTimeout=30";

    private static final String END = "SELECT pg_catalog.pg_terminate_backend(pid, 10000)"
            + " FROM pg_catalog.pg_stat_activity WHERE datname = ? AND pid <> pg_catalog.pg_backend_pid()"
            + " AND backend_type = 'client backend'";

    private final String name;
    private final String admin;
    private final String target;
    private final @Nullable String database;

    private ReadOnly(String name, String admin, String target, @Nullable String database) {
        this.name = name;
        this.admin = admin + MAY_WRITE + DEADLINES;
        this.target = target + DEADLINES;
        this.database = database;
    }

    /** All of a server. */
    public static ReadOnly ofServer(String url, int port) {
        return new ReadOnly("PostgreSQL on port " + port, url, url, null);
    }

    /**
     * One database.
     *
     * @param admin a URL of another one, or of the same
     * @param target its own URL
     */
    public static ReadOnly ofDatabase(String admin, String target, String database) {
        return new ReadOnly("the database \"" + database + "\"", admin, target, database);
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    /** Returns when no session can write that does not ask for it. */
    public void begin() throws SQLException {
        change("SET default_transaction_read_only = on");
        await("on");
    }

    /** Returns when every session can write. */
    public void end() throws SQLException {
        change("RESET default_transaction_read_only");
        await("off");
    }

    private void change(String what) throws SQLException {
        try (Connection connection = DriverManager.getConnection(admin);
                Statement statement = connection.createStatement()) {
            if (database == null) {
                statement.execute("ALTER SYSTEM " + what);
                statement.execute("SELECT pg_catalog.pg_reload_conf()");
            } else {
                statement.execute(named(connection, what));
                endSessions(connection);
            }
        }
    }

    private String named(Connection connection, String what) throws SQLException {
        try (PreparedStatement format =
                connection.prepareStatement("SELECT pg_catalog.format('ALTER DATABASE %I ', ?::text)")) {
            format.setString(1, database);
            try (ResultSet row = format.executeQuery()) {
                row.next();
                return row.getString(1) + what;
            }
        }
    }

    /** What a session may do by default is read when it begins. */
    private void endSessions(Connection connection) throws SQLException {
        try (PreparedStatement end = connection.prepareStatement(END)) {
            end.setString(1, database);
            end.executeQuery().close();
        }
    }

    /**
     * Asked of new sessions: the server tells all the others before it takes a connection again, and a session that was told
     * reads the configuration before its next statement.
     */
    private void await(String wanted) throws SQLException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (!wanted.equals(now())) {
            if (System.nanoTime() > deadline) {
                throw new ChaosException(name + " must have default_transaction_read_only = " + wanted + " within "
                        + DEADLINE.toSeconds() + " s, but has not. Look for another setting of it in ALTER ROLE.");
            }
            LockSupport.parkNanos(PAUSE_NANOS); // the server is asked again, with a deadline
        }
    }

    private String now() throws SQLException {
        try (Connection connection = DriverManager.getConnection(target);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SHOW default_transaction_read_only")) {
            row.next();
            return row.getString(1);
        }
    }
}

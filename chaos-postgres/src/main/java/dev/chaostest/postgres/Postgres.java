// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/**
 * Describes a PostgreSQL that tests may use: one that we started, or one that the user named.
 *
 * <p>The URL holds no user and no password of the user's; {@link #toString()} hides the password.
 *
 * <pre>{@code
 * Postgres postgres = supply.shared();
 * try (Connection connection = postgres.connect()) {
 *     connection.createStatement().execute("SELECT 1");
 * }
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Closing is up to the {@link PostgresSupply}.
 *
 * @since 0.1
 */
public final class Postgres {
    private final JdbcTarget target;
    private final String version;
    private final int majorVersion;
    private final Optional<PostgresServer> server;
    private final boolean shared;

    Postgres(JdbcTarget target, String version, int majorVersion, Optional<PostgresServer> server) {
        this(target, version, majorVersion, server, false);
    }

    private Postgres(
            JdbcTarget target, String version, int majorVersion, Optional<PostgresServer> server, boolean shared) {
        this.target = target;
        this.version = version;
        this.majorVersion = majorVersion;
        this.server = server;
        this.shared = shared;
    }

    /**
     * Describes a server that we started.
     *
     * @param server running
     * @return its database postgres
     */
    public static Postgres of(PostgresServer server) {
        JdbcTarget target = JdbcTarget.of("our own server", server.jdbcUrl(), Optional.empty(), Optional.empty());
        return new Postgres(target, server.version(), server.majorVersion(), Optional.of(server));
    }

    /**
     * Describes another database of the same server.
     *
     * @param name neither quoted nor encoded; need not exist yet
     * @return a copy
     */
    public Postgres withDatabase(String name) {
        return new Postgres(target.withDatabase(name), version, majorVersion, server, shared);
    }

    Postgres asShared() {
        return new Postgres(target, version, majorVersion, server, true);
    }

    /**
     * Whether a supply has handed it to others, too: what reaches the whole server would reach them.
     *
     * @return false for a server of a test's own
     */
    public boolean isShared() {
        return shared;
    }

    /**
     * The URL to connect with, together with user and password.
     *
     * @return a URL without user and password
     */
    public String jdbcUrl() {
        return target.url();
    }

    /**
     * The user to connect as.
     *
     * @return the user, or empty if the driver is to choose
     */
    public Optional<String> user() {
        return target.user();
    }

    /**
     * The password; keep it out of logs and messages.
     *
     * @return the password, if there is one
     */
    public Optional<String> password() {
        return target.password();
    }

    /**
     * The host, or the first of several.
     *
     * @return a name or an address
     */
    public String host() {
        return target.host();
    }

    /**
     * The port, or that of the first host.
     *
     * @return the port
     */
    public int port() {
        return target.port();
    }

    /**
     * The database.
     *
     * @return its name
     */
    public String database() {
        return target.database();
    }

    /**
     * What the server says of itself.
     *
     * @return such as 18.6
     */
    public String version() {
        return version;
    }

    /**
     * The server's major version.
     *
     * @return such as 18
     */
    public int majorVersion() {
        return majorVersion;
    }

    /**
     * Whether we started it, and so may do anything to it.
     *
     * @return false for a server of the user's
     */
    public boolean isOwned() {
        return server.isPresent();
    }

    /**
     * The server that we started.
     *
     * @return empty for a server of the user's
     */
    public Optional<PostgresServer> server() {
        return server;
    }

    /**
     * Opens a plain connection.
     *
     * @return a new connection; the caller closes it
     * @throws SQLException what the driver says
     */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), target.credentials(new Properties()));
    }

    /**
     * One line for logs and reports.
     *
     * @return version, place and origin, without the password
     */
    public String describe() {
        return server.map(PostgresServer::toString)
                .orElseGet(() -> "PostgreSQL " + version + " at " + target.redactedUrl() + " from " + target.origin());
    }

    @Override
    public String toString() {
        return describe();
    }
}

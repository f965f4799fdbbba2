// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Supplies tests with a PostgreSQL: one that all share, and private ones for faults that reach a whole server.
 *
 * <p>By default the first of these that is set:
 *
 * <ol>
 *   <li>a URL that the caller hands in
 *   <li>{@code chaos.jdbc.url} with {@code chaos.jdbc.user} and {@code chaos.jdbc.password}
 *   <li>libpq's {@code PGHOST}, {@code PGPORT} or {@code PGDATABASE}, with {@code PGUSER} and {@code PGPASSWORD}
 *   <li>a server of our own from the installation at {@code chaos.postgres.home}
 *   <li>a server of our own from the binaries on the class path
 * </ol>
 *
 * <p>{@code chaos.jdbc.create=true} creates the database of a URL if the server does not have it.
 * {@code chaos.postgres.version} insists on a major version, {@code chaos.postgres.directory} says where our own servers
 * keep their files. One line in the log says what was chosen.
 *
 * <pre>{@code
 * try (PostgresSupply supply = PostgresSupply.of(key -> Optional.ofNullable(System.getProperty(key)), System.getenv())) {
 *     Connection connection = supply.shared().connect();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class PostgresSupply implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSupply.class);

    private final PostgresSource source;
    private @Nullable PostgresInstallation installation;
    private @Nullable Postgres shared;
    private @Nullable PostgresUnavailableException failure;
    private boolean closed;

    private PostgresSupply(PostgresSource source) {
        this.source = source;
    }

    /**
     * Chooses by settings and environment; nothing is opened or started yet.
     *
     * @param settings the value of a {@code chaos.} key, if set; empty text counts as unset
     * @param environment the environment variables
     * @return a supply; the caller closes it
     * @throws PostgresUnavailableException if a setting is wrong
     */
    public static PostgresSupply of(Function<String, Optional<String>> settings, Map<String, String> environment) {
        return new PostgresSupply(PostgresSource.choose(settings, environment));
    }

    /**
     * Uses a running PostgreSQL of the caller's, whatever the settings say of others.
     *
     * @param jdbcUrl starts with {@code jdbc:postgresql:}
     * @param user whom to connect as, unless the URL says it
     * @param password unless the URL says it
     * @param settings only {@code chaos.postgres.version} and {@code chaos.jdbc.create} are read
     * @return a supply; the caller closes it
     * @throws PostgresUnavailableException if the URL is wrong
     */
    public static PostgresSupply ofUrl(
            String jdbcUrl,
            Optional<String> user,
            Optional<String> password,
            Function<String, Optional<String>> settings) {
        JdbcTarget target = JdbcTarget.of("The given JDBC URL", jdbcUrl, user, password);
        PostgresSource.Settings known = new PostgresSource.Settings(settings, Map.of());
        return new PostgresSupply(new PostgresSource.External(target, known.major(), known.create()));
    }

    /**
     * The PostgreSQL that all tests of this supply share; started or checked at the first call.
     *
     * @return always the same
     * @throws PostgresUnavailableException if there is none; later calls throw the same at once
     * @throws IllegalStateException if this supply is closed
     */
    public synchronized Postgres shared() {
        requireOpen();
        if (failure != null) {
            throw failure;
        }
        if (shared == null) {
            shared = first();
        }
        return shared;
    }

    private Postgres first() {
        try {
            if (source instanceof PostgresSource.External external) {
                Postgres chosen = new ExternalCheck(external).run();
                LOG.info("Tests use {}", chosen);
                return chosen.asShared();
            }
            Postgres started = Postgres.of(installation().start());
            LOG.info("Tests use {}, started from {}", started, ((PostgresSource.Own) source).origin());
            return started.asShared();
        } catch (PostgresUnavailableException e) {
            failure = e;
            throw e;
        }
    }

    /**
     * Starts a private server, which a test may kill, freeze or fill.
     *
     * @return a new server; the caller closes it
     * @throws PostgresUnavailableException if it doesn't start, or this supply has a server of the user's
     * @throws IllegalStateException if this supply is closed
     */
    public PostgresServer fresh() {
        return installation().start();
    }

    /**
     * Whether {@link #fresh} starts servers.
     *
     * @return false if this supply has a server of the user's
     */
    public boolean startsServers() {
        return source instanceof PostgresSource.Own;
    }

    private synchronized PostgresInstallation installation() {
        requireOpen();
        if (source instanceof PostgresSource.Own own) {
            if (installation == null) {
                installation = PostgresInstallation.prepare(own.options());
            }
            return installation;
        }
        JdbcTarget target = ((PostgresSource.External) source).target();
        throw new PostgresUnavailableException(
                "A private server must be started by this library, but " + target.origin() + " names "
                        + target.redactedUrl() + ". Remove " + target.origin() + " to run tests that need one.");
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "The PostgreSQL supply must be open, but it is closed. Ask for servers before the tests end.");
        }
    }

    /** Stops and removes the shared server if we started it. The second time it does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        if (shared != null) {
            shared.server().ifPresent(PostgresServer::close);
        }
    }
}

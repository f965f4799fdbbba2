// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.postgres.server.internal.Launcher;
import java.util.Map;

/**
 * Binaries that are ready to start servers from.
 *
 * <p>Preparing unpacks and initialises what no earlier run on this machine did; that takes about two seconds once. A
 * server then takes less than a tenth of a second.
 *
 * <pre>{@code
 * PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
 * try (PostgresServer server = installation.start()) {
 *     DriverManager.getConnection(server.jdbcUrl());
 * }
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class PostgresInstallation {
    private final Launcher launcher;

    private PostgresInstallation(Launcher launcher) {
        this.launcher = launcher;
    }

    /**
     * Finds PostgreSQL, unpacks it if need be and initialises a data directory to copy.
     *
     * @param options which one and where
     * @return what servers can be started from
     * @throws PostgresUnavailableException if there is none that fits, or it doesn't work here
     */
    public static PostgresInstallation prepare(ServerOptions options) {
        return new PostgresInstallation(Launcher.prepare(options));
    }

    /**
     * Starts a server with data of its own.
     *
     * @return a server that takes connections; the caller closes it
     * @throws PostgresUnavailableException if it doesn't start
     */
    public PostgresServer start() {
        return new PostgresServer(launcher.start(), launcher.version());
    }

    /**
     * Starts a server with data of its own, and settings that win over those that the installation was prepared with.
     *
     * @param settings by name, for this server only
     * @return a server that takes connections; the caller closes it
     * @throws PostgresUnavailableException if it doesn't start
     */
    public PostgresServer start(Map<String, String> settings) {
        return new PostgresServer(launcher.start(settings), launcher.version());
    }

    /**
     * Starts a server on given data: on a copy of another's, say. It has a port of its own, and settings that win over those
     * that the installation was prepared with.
     *
     * @param data what it finds in its data directory
     * @param settings by name, for this server only
     * @return a server that takes connections; the caller closes it
     * @throws PostgresUnavailableException if it doesn't start
     */
    public PostgresServer start(ServerData data, Map<String, String> settings) {
        return new PostgresServer(launcher.start(data, settings), launcher.version());
    }

    /**
     * The version that would be started.
     *
     * @return such as 18.6
     */
    public String version() {
        return launcher.version().text();
    }

    /**
     * The major version that would be started.
     *
     * @return such as 18
     */
    public int majorVersion() {
        return launcher.version().major();
    }
}

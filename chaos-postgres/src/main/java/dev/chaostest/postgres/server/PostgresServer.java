// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Reaches;
import dev.chaostest.postgres.server.internal.RunningServer;
import dev.chaostest.postgres.server.internal.Version;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Runs a PostgreSQL of our own: one database cluster, one port on 127.0.0.1, nobody else in it.
 *
 * <p>Closing stops the server at once, removes its data and checks that both are gone. So does the end of the JVM,
 * however it ends: a small shell beside the server notices that the JVM is gone. Other JVMs' servers are never touched.
 *
 * <p>Defaults: user postgres without a password, encoding UTF8, time zone UTC, 200 connections, logical WAL. Nothing is
 * flushed to the disk, so data outlives a killed server but not a crashed machine.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
 *         Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
 *     connection.createStatement().execute("SELECT 1");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
@Reaches(Reach.SERVER)
public final class PostgresServer implements AutoCloseable {
    private final RunningServer running;
    private final Version version;

    PostgresServer(RunningServer running, Version version) {
        this.running = running;
        this.version = version;
    }

    /**
     * Starts a server. To start several, keep a {@link PostgresInstallation}.
     *
     * @param options which one and where
     * @return a server that takes connections; the caller closes it
     * @throws PostgresUnavailableException if there is none that fits, or it doesn't start
     */
    public static PostgresServer start(ServerOptions options) {
        return PostgresInstallation.prepare(options).start();
    }

    /**
     * The server's version.
     *
     * @return such as 18.6
     */
    public String version() {
        return version.text();
    }

    /**
     * The server's major version.
     *
     * @return such as 18
     */
    public int majorVersion() {
        return version.major();
    }

    /**
     * The address that the server listens on.
     *
     * @return always 127.0.0.1
     */
    public String host() {
        return "127.0.0.1";
    }

    /**
     * The port that the server listens on.
     *
     * @return the port
     */
    public int port() {
        return running.port();
    }

    /**
     * The superuser, who needs no password.
     *
     * @return always postgres
     */
    public String user() {
        return "postgres";
    }

    /**
     * The postmaster's process number on this machine; another one after a new start.
     *
     * @return the process number
     */
    public long pid() {
        return running.pid();
    }

    /**
     * The data directory, as this JVM sees it; gone after close.
     *
     * @return an absolute path
     */
    public Path dataDirectory() {
        return running.dataDirectory();
    }

    /**
     * A small disk of this server's own, as {@link ServerOptions#withDisk} asks for.
     *
     * @param disk which
     * @return where this JVM sees it; empty if there is none
     */
    public Optional<Path> disk(ServerDisk disk) {
        return running.disk(disk);
    }

    /**
     * Where the server sees the small disk for a tablespace: what {@code CREATE TABLESPACE small LOCATION '...'} wants.
     *
     * @return an absolute path
     * @throws dev.chaostest.plan.ChaosException if the server has none
     */
    public String tablespaceLocation() {
        return running.location(ServerDisk.TABLESPACE)
                .map(Path::toString)
                .orElseThrow(
                        () -> new ChaosException(
                                "The server on port " + port() + " must have a small disk for a"
                                        + " tablespace, but has none. Start it with ServerOptions.withDisk(ServerDisk.TABLESPACE, 8 << 20)."));
    }

    /**
     * A URL for the database postgres that needs nothing else.
     *
     * @return a URL with the user in it
     */
    public String jdbcUrl() {
        return jdbcUrl("postgres");
    }

    /**
     * A URL for a database that needs nothing else.
     *
     * @param database its name, which need not exist yet
     * @return a URL with the user in it
     */
    public String jdbcUrl(String database) {
        // Encryption would be asked for and refused on each connect, two round trips.
        return "jdbc:postgresql://" + host() + ":" + port() + "/" + encode(database) + "?user=" + user()
                + "&sslmode=disable&gssEncMode=disable";
    }

    private static String encode(String database) {
        return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /**
     * The last lines that the server logged.
     *
     * @return about the last 4,000 characters
     */
    public String logTail() {
        return running.logTail();
    }

    /**
     * Stops the server; its data and its port stay for {@link #start}. Where it is stopped already, nothing happens.
     *
     * @param mode how
     * @throws dev.chaostest.plan.ChaosException if a process of it is still there after 30 s
     */
    public void stop(StopMode mode) {
        running.stop(mode);
    }

    /**
     * Starts the server again, on the same data and the same port. Where it runs, nothing happens.
     *
     * @throws PostgresUnavailableException if it doesn't come up, with the end of its log
     */
    public void start() {
        running.start();
    }

    /**
     * Whether it has a process: not while it is stopped, nor after it has ended by itself.
     *
     * @return false after close, too
     */
    public boolean isRunning() {
        return running.isRunning();
    }

    /**
     * Whether it was closed, and is gone for good.
     *
     * @return false while it is only stopped
     */
    public boolean isClosed() {
        return running.isClosed();
    }

    /**
     * The processes besides the postmaster: one for each session, and the server's own workers.
     *
     * @return their process numbers; empty while it is stopped
     */
    public List<Long> processes() {
        return running.children();
    }

    /**
     * Sends a signal to the postmaster or to one of its processes, and returns when it was sent; that takes about 2 ms.
     *
     * @param name without SIG: {@code STOP}, {@code CONT}, {@code KILL}
     * @param process {@link #pid} or one of {@link #processes}
     * @throws dev.chaostest.plan.ChaosException if the process is none of this server's
     */
    public void signal(String name, long process) {
        running.signal(name, process);
    }

    boolean owns(long process) {
        return running.owns(process);
    }

    /**
     * Stops the server and removes its data. The second time it does nothing.
     *
     * @throws dev.chaostest.plan.ChaosException if its process or directory could not be removed
     */
    @Override
    public void close() {
        running.close();
    }

    @Override
    public String toString() {
        return "PostgreSQL " + version + " on " + host() + ":" + port() + ", process " + pid() + ", data in "
                + dataDirectory();
    }
}

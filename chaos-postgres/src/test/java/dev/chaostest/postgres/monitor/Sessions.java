// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Sessions that wait for each other over a table of their own, called {@code <schema>.account}. */
final class Sessions implements AutoCloseable {

    private final String schema =
            "monitor_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final List<Connection> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<SQLException> ended = new ConcurrentLinkedQueue<>();

    Sessions() throws SQLException {
        Connection first = open("setup");
        run(first, "CREATE SCHEMA " + schema, "CREATE TABLE " + table() + " (id int PRIMARY KEY, balance int)");
        run(first, "INSERT INTO " + table() + " SELECT n, 1000 FROM generate_series(1, 3) n");
    }

    String schema() {
        return schema;
    }

    String table() {
        return schema + ".account";
    }

    static PGSimpleDataSource source() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(TestServer.url());
        source.setUser("postgres");
        return source;
    }

    /** A session called {@code <schema> <who>}. */
    Connection open(String who) throws SQLException {
        PGSimpleDataSource source = source();
        source.setApplicationName(schema + " " + who);
        source.setOptions("-c deadlock_timeout=60s -c statement_timeout=60s"); // longer than any wait here
        Connection connection = source.getConnection();
        open.add(connection);
        return connection;
    }

    /** A session with an open transaction in which these statements have run. */
    Connection begin(String who, String... statements) throws SQLException {
        Connection connection = open(who);
        connection.setAutoCommit(false);
        run(connection, statements);
        return connection;
    }

    /** Runs a statement that waits, on a thread of its own, until this is closed. */
    void start(Connection connection, String statement) {
        threads.execute(() -> {
            try {
                run(connection, statement);
            } catch (SQLException aborted) {
                ended.add(aborted);
            }
        });
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** The state of the server once these wait, and since when is known. */
    static ServerState awaitBlocked(Connection... waiting) throws SQLException {
        Set<Integer> pids = new HashSet<>();
        for (Connection connection : waiting) {
            pids.add(pid(connection));
        }
        return Patience.await("sessions " + pids + " must wait")
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> ServerState.read(source()),
                        state -> pids.stream()
                                .allMatch(pid -> state.locksOf(pid).stream()
                                        .anyMatch(lock -> !lock.granted()
                                                && lock.waitStart().isPresent())));
    }

    /** What the server does once it does this. */
    static Pulse awaitPulse(Connection asking, Predicate<Pulse> wanted) {
        return Patience.await("the server must do what is waited for")
                .pollInterval(Duration.ofMillis(2))
                .until(() -> Pulse.read(asking), wanted);
    }

    /** The blockings among these sessions; other tests run on the server at the same time. */
    List<Blocking> ours(ServerState state) throws SQLException {
        Set<Integer> pids = new HashSet<>();
        for (Connection connection : open) {
            pids.add(pid(connection));
        }
        return state.blockings().stream()
                .filter(blocking -> pids.contains(blocking.waiting()))
                .toList();
    }

    /** A backend that waits for a lock does not notice that its client is gone. */
    @Override
    public void close() throws SQLException {
        try (Connection last = source().getConnection()) {
            for (Connection connection : open) {
                run(last, "SELECT pg_terminate_backend(" + pid(connection) + ", 10000)");
                connection.abort(Runnable::run);
            }
            threads.shutdownNow();
            run(last, "DROP SCHEMA " + schema + " CASCADE");
        }
    }
}

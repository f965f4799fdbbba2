// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGConnection;
import org.postgresql.ds.PGSimpleDataSource;

/** Two tables of accounts in a schema of their own, an open scope, and sessions of an application. */
final class LockFixture implements AutoCloseable {

    /** For what must come, however slow the machine is. */
    static final Duration SOON = Duration.ofSeconds(30);

    private final String schema =
            "lock_" + UUID.randomUUID().toString().replace("-", "").substring(0, 12);
    private final ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7)));
    private final List<Connection> open = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    LockFixture() throws SQLException {
        try (Connection first = superuser(TestServer.url()).getConnection()) {
            run(first, "CREATE SCHEMA " + schema);
        }
        try (Connection setup = source().getConnection()) {
            for (String table : List.of("account", "booking")) {
                run(
                        setup,
                        "CREATE TABLE " + table + " (id int PRIMARY KEY, balance int NOT NULL)",
                        "INSERT INTO " + table + " SELECT n, 1000 FROM generate_series(1, 9) n");
            }
        }
    }

    private static PGSimpleDataSource superuser(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser("postgres");
        return source;
    }

    /** Of a superuser. */
    PGSimpleDataSource source() {
        PGSimpleDataSource source = superuser(TestServer.url());
        source.setCurrentSchema(schema);
        source.setOptions("-c statement_timeout=60s"); // a mistake in a test must not hang
        return source;
    }

    /** An ordinary role, which may not set deadlock_timeout; its server looks for deadlocks after this time. */
    PGSimpleDataSource ordinary(Duration deadlockTimeout) throws SQLException {
        try (Connection admin = source().getConnection()) {
            run(
                    admin,
                    "CREATE ROLE " + schema + " LOGIN",
                    "ALTER ROLE " + schema + " SET deadlock_timeout = " + deadlockTimeout.toMillis(),
                    "GRANT USAGE ON SCHEMA " + schema + " TO " + schema,
                    "GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO " + schema);
        }
        PGSimpleDataSource source = source();
        source.setUser(schema);
        return source;
    }

    ChaosScope scope() {
        return scope;
    }

    Locks locks() {
        return Locks.of(scope, source());
    }

    Deadlocks deadlocks() {
        return Deadlocks.of(scope, source());
    }

    String schema() {
        return schema;
    }

    static LockRequest row(int id) {
        return LockRequest.row("account", "id", id);
    }

    /** A session of the application. */
    Connection connect() throws SQLException {
        return connect(source());
    }

    Connection connect(PGSimpleDataSource source) throws SQLException {
        Connection connection = source.getConnection();
        open.add(connection);
        return connection;
    }

    /** A session of the application whose transaction has run these. */
    Connection begin(String... statements) throws SQLException {
        Connection connection = connect();
        connection.setAutoCommit(false);
        run(connection, statements);
        return connection;
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static String read(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    String read(String query) throws SQLException {
        try (Connection connection = source().getConnection()) {
            return read(connection, query);
        }
    }

    static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    /** What happens in a step of an application. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }

    /** On another thread; the SQLSTATE that it ends with, or "ok". */
    Future<String> inBackground(Step step) {
        CompletableFuture<String> end = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                step.run();
                end.complete("ok");
            } catch (SQLException e) {
                end.complete(String.valueOf(e.getSQLState()));
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    /** A statement on another thread. */
    Future<String> start(Connection connection, String statement) {
        return inBackground(() -> run(connection, statement));
    }

    static String end(Future<String> started) throws InterruptedException, ExecutionException, TimeoutException {
        return started.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    List<String> ledger() {
        return scope.ledger().entries().stream()
                .map(LedgerEntry::toString)
                .map(line -> line.replaceFirst("#\\d+ \\+\\S+ ", ""))
                .toList();
    }

    long locksOf(int pid) throws SQLException {
        return Long.parseLong(read("SELECT count(*) FROM pg_locks WHERE locktype <> 'virtualxid' AND pid = " + pid));
    }

    @Override
    public void close() throws SQLException {
        try {
            scope.close();
        } finally {
            try (Connection last = source().getConnection()) {
                for (Connection connection : open) {
                    if (!connection.isClosed()) {
                        run(last, "SELECT pg_terminate_backend(" + pid(connection) + ", 10000)");
                        connection.abort(Runnable::run);
                    }
                }
                threads.shutdownNow();
                run(last, "SET client_min_messages = error", "DROP SCHEMA " + schema + " CASCADE");
                run(last, "DROP ROLE IF EXISTS " + schema);
            }
        }
    }
}

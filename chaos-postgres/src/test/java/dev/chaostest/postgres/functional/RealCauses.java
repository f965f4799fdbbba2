// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import dev.chaostest.postgres.Patience;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;

/** What takes two sessions, or time. */
final class RealCauses implements AutoCloseable {

    private final Connection other;

    RealCauses(WireFixture bank) throws SQLException {
        this.other = bank.connect();
    }

    StateLab.Deed of(String state) {
        return switch (state) {
            case "25P03" ->
                connection -> {
                    WireTestServer.run(connection, "SET idle_in_transaction_session_timeout = '1ms'");
                    afterItsEnd(connection);
                };
            case "25P04" ->
                connection ->
                        WireTestServer.run(connection, "SET LOCAL transaction_timeout = '5ms'; SELECT pg_sleep(60)");
            case "57P05" ->
                connection -> {
                    connection.setAutoCommit(true);
                    WireTestServer.run(connection, "SET idle_session_timeout = '1ms'");
                    afterItsEnd(connection);
                };
            case "40001" -> this::conflict;
            case "55P03" -> this::locked;
            case "40P01" -> this::deadlock;
            default -> throw new IllegalArgumentException(state);
        };
    }

    private void conflict(Connection connection) throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        WireTestServer.read(connection, "SELECT count(*) FROM account");
        WireTestServer.run(other, "UPDATE account SET balance = balance + 1 WHERE id = 1");
        WireTestServer.run(connection, "UPDATE account SET balance = 0 WHERE id = 1");
    }

    private void locked(Connection connection) throws SQLException {
        other.setAutoCommit(false);
        WireTestServer.run(other, "LOCK TABLE account");
        try {
            WireTestServer.run(connection, "SET LOCAL lock_timeout = '1ms'");
            WireTestServer.run(connection, "UPDATE account SET balance = 0 WHERE id = 1");
        } finally {
            other.rollback();
            other.setAutoCommit(true);
        }
    }

    private void deadlock(Connection connection) throws SQLException {
        other.setAutoCommit(false);
        WireTestServer.run(other, "SET LOCAL deadlock_timeout = '1h'");
        WireTestServer.run(connection, "SET LOCAL deadlock_timeout = '10ms'");
        WireTestServer.run(other, "UPDATE account SET balance = 0 WHERE id = 1");
        WireTestServer.run(connection, "UPDATE account SET balance = 0 WHERE id = 2");
        CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> {
            try {
                WireTestServer.run(other, "UPDATE account SET balance = 0 WHERE id = 2");
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
        try {
            await("SELECT cardinality(pg_blocking_pids(" + pid(other) + ")) > 0");
            WireTestServer.run(connection, "UPDATE account SET balance = 0 WHERE id = 1");
        } finally {
            blocked.orTimeout(60, TimeUnit.SECONDS).join();
            other.rollback();
            other.setAutoCommit(true);
        }
    }

    private static void afterItsEnd(Connection connection) throws SQLException {
        await("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = " + pid(connection));
        WireTestServer.run(connection, "SELECT 1");
    }

    private static int pid(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getBackendPID();
    }

    private static void await(String question) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            Patience.await("the server says yes to " + question)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> WireTestServer.read(direct, question).equals("t"));
        }
    }

    @Override
    public void close() throws SQLException {
        other.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/**
 * Waits until a PostgreSQL really works: until it has committed a transaction that writes.
 *
 * <p>That it takes connections says less: a server that recovers refuses queries (57P03), and a standby refuses writes (25006).
 * For a server that somebody else starts, such as the service container of a pipeline, or one that comes back after a fault;
 * one that this library starts is ready when it is handed out. What will not get better by waiting, such as a wrong password,
 * is thrown at once.
 *
 * <pre>{@code
 * Readiness.await(database, Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, Appendix A, and "Transaction ID and Snapshot Information Functions".
 *
 * @since 0.1
 */
public final class Readiness {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Starting or stopping, no slot left, read-only: all that ends by itself. */
    private static final Set<String> NOT_YET = Set.of("57P03", "57P01", "57P02", "53300", "25006");

    private Readiness() {}

    /**
     * Waits until a transaction has written and committed.
     *
     * @param database hands out connections; one that gives up soon by itself makes the wait end on time
     * @param deadline more than zero
     * @return how long it took
     * @throws ChaosException if there was none in time, with what the server answered last; or if the server refuses for
     *     another reason than not being ready; or if the thread is interrupted, which it stays
     */
    public static Duration await(DataSource database, Duration deadline) {
        if (deadline.isZero() || deadline.isNegative()) {
            throw new ChaosException(
                    "deadline must be positive, but was " + deadline + ". Use for example 30 seconds.");
        }
        long began = System.nanoTime();
        while (true) {
            try {
                commit(database);
                return Duration.ofNanos(System.nanoTime() - began);
            } catch (SQLException e) {
                boolean isOver = System.nanoTime() - began >= deadline.toNanos();
                if (isOver || !isNotYet(e) || Thread.currentThread().isInterrupted()) {
                    throw new ChaosException(
                            "The PostgreSQL must commit a transaction within " + Durations.print(deadline)
                                    + ", but answered " + e.getSQLState() + ": " + e.getMessage()
                                    + ". Look into its log; if it only needs longer, wait longer.",
                            e);
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static boolean isNotYet(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || NOT_YET.contains(state);
    }

    /** To take a transaction id is a write, and the smallest one. */
    private static void commit(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            if (!connection.getAutoCommit()) {
                connection.setAutoCommit(true);
            }
            statement.execute("SELECT pg_catalog.pg_current_xact_id()");
        }
    }
}

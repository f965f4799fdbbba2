// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.sql.DataSource;

/**
 * What a database has counted: commits, rollbacks, deadlocks, conflicts, temporary files. Or the difference of two such counts.
 *
 * <p>They count everything that happens in the database, whoever does it: give the test a database of its own, or compare with
 * care. <b>The server delivers them late.</b> A session hands its numbers in when it ends; while it lives, when it is idle
 * outside a transaction, at most once a second, and after ten seconds at the latest. {@link #flush} makes one session hand its
 * numbers in at once, {@link #await} waits for what must come, {@link #read} hands in those of the connection that asks. So a
 * difference holds what was done by sessions that have ended or were flushed, and of the others perhaps less.
 *
 * <pre>{@code
 * DatabaseStatistics before = DatabaseStatistics.read(connection);
 * transferConcurrently();
 * DatabaseStatistics.await(admin, before, since -> since.deadlocks() >= 1, Duration.ofSeconds(30));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "The Cumulative Statistics System", pg_stat_database.
 *
 * @param commits transactions that committed; each read counts as one, too
 * @param rollbacks transactions that rolled back
 * @param deadlocks deadlocks that were detected
 * @param conflicts statements that a standby cancelled because of its recovery
 * @param tempFiles files that sorts and hashes spilled to disk
 * @param tempBytes how much was written to them
 * @param sessionsAbandoned sessions that ended because the client was lost
 * @param sessionsFatal sessions that ended by a fatal error
 * @param sessionsKilled sessions that were terminated
 * @since 0.1
 */
public record DatabaseStatistics(
        long commits,
        long rollbacks,
        long deadlocks,
        long conflicts,
        long tempFiles,
        long tempBytes,
        long sessionsAbandoned,
        long sessionsFatal,
        long sessionsKilled) {

    private static final long LOOK_AGAIN_NANOS = 2_000_000;

    /** What a test does between two counts. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        void run() throws Exception;
    }

    /**
     * Reads what has been delivered, and has this connection deliver its own first.
     *
     * @param connection outside of a transaction; within one, the server shows what it showed before
     * @throws SQLException what the driver says
     */
    public static DatabaseStatistics read(Connection connection) throws SQLException {
        flush(connection);
        return StatisticsQuery.run(connection);
    }

    /** Reads it over a new connection, which is closed again. */
    public static DatabaseStatistics read(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return read(connection);
        }
    }

    /** Has the session of this connection deliver its numbers when the statement ends, not up to ten seconds later. */
    public static void flush(Connection connection) throws SQLException {
        StatisticsQuery.flush(connection);
    }

    /**
     * What was counted around some work. Of sessions that live on only what they have delivered is in it: {@link #flush} them
     * in the work, or close them.
     *
     * @param admin a connection of its own, which is closed again
     * @param work what is done
     * @return the difference; without what reading it counted, as far as it is known
     * @throws Exception what the work throws
     */
    public static DatabaseStatistics around(DataSource admin, Work work) throws Exception {
        DatabaseStatistics before = read(admin);
        work.run();
        return read(admin).minus(before);
    }

    /**
     * Waits until enough was delivered.
     *
     * @param admin a connection of its own, which is closed again
     * @param before counted earlier
     * @param enough asked about the difference to it
     * @param within how long to wait at most
     * @return the difference
     * @throws ChaosException if it did not come in time
     */
    public static DatabaseStatistics await(
            DataSource admin, DatabaseStatistics before, Predicate<DatabaseStatistics> enough, Duration within)
            throws SQLException {
        long deadline = System.nanoTime() + within.toNanos();
        try (Connection connection = admin.getConnection()) {
            while (true) {
                DatabaseStatistics since = read(connection).minus(before);
                if (enough.test(since)) {
                    return since;
                }
                if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                    throw new ChaosException("The statistics of the database must show what is waited for within "
                            + Durations.print(within) + ", but showed " + since
                            + ". A session delivers its numbers when it ends: close the connections, or flush them.");
                }
                LockSupport.parkNanos(LOOK_AGAIN_NANOS); // the server does not tell when statistics arrive
            }
        }
    }

    /** What was counted from one moment to a later one. */
    public static DatabaseStatistics between(DatabaseStatistics before, DatabaseStatistics after) {
        return after.minus(before);
    }

    /** The difference to an earlier count. */
    public DatabaseStatistics minus(DatabaseStatistics before) {
        return new DatabaseStatistics(
                commits - before.commits,
                rollbacks - before.rollbacks,
                deadlocks - before.deadlocks,
                conflicts - before.conflicts,
                tempFiles - before.tempFiles,
                tempBytes - before.tempBytes,
                sessionsAbandoned - before.sessionsAbandoned,
                sessionsFatal - before.sessionsFatal,
                sessionsKilled - before.sessionsKilled);
    }

    @Override
    public String toString() {
        return Optional.of(StatisticsQuery.print(this))
                .filter(text -> !text.isEmpty())
                .orElse("nothing");
    }
}

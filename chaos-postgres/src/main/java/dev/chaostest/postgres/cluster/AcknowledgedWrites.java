// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.Transience;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers what a client was told about each of its transactions, to be compared with what is in the database later.
 *
 * <p>Each transaction leaves a marker row, a number in the table {@value #TABLE}. The row, and nothing else, says after a
 * crash, a promotion or a restore whether the transaction is there: transaction numbers are given out again then, so
 * {@code pg_xact_status} may tell of somebody else's.
 *
 * <pre>{@code
 * AcknowledgedWrites writes = AcknowledgedWrites.create(connection);
 * writes.write(connection);                              // or mark() inside a transaction of one's own
 * cluster.failOver();
 * writes.audit(onTheNewPrimary).requireNothingLost();
 * }</pre>
 *
 * <p>Bounded: at most {@value #WRITES_MAX} transactions. Safe for use by many threads, each with its own connection.
 *
 * @since 0.1
 */
public final class AcknowledgedWrites {
    /** The table of marker rows, in the first schema of the search path. */
    public static final String TABLE = "chaostest_marker";

    private static final int WRITES_MAX = 1_000_000;
    private static final String TOLD_SUCCESS = "";
    private static final String TOLD_NOTHING = "no answer yet";

    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentSkipListMap<Long, Told> told = new ConcurrentSkipListMap<>();

    /** What the client was told: the SQLSTATE that it got, or empty for success; and whether that leaves it in doubt. */
    private record Told(String state, boolean doubtful) {}

    private final TimeSource time;
    private long acknowledged;
    private long lastAcknowledged;
    private long longestGap;

    private AcknowledgedWrites(TimeSource time) {
        this.time = time;
        this.lastAcknowledged = time.nanos();
    }

    /** Makes the table, and begins to count. */
    public static AcknowledgedWrites create(Connection connection) throws SQLException {
        return create(connection, TimeSource.system());
    }

    /**
     * As {@link #create(Connection)}, on a time of the caller's.
     *
     * @param time what {@link #longestGap} is measured on
     */
    public static AcknowledgedWrites create(Connection connection, TimeSource time) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE " + TABLE + " (id bigint PRIMARY KEY)");
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
        }
        return new AcknowledgedWrites(time);
    }

    /**
     * Commits one marker row, as a transaction of its own. Never throws what the database answers: that is remembered.
     *
     * @return whether it was acknowledged
     */
    public boolean write(Connection connection) {
        long id = nextId();
        try {
            insert(connection, id);
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            acknowledged(id);
            return true;
        } catch (SQLException e) {
            failed(id, e);
            rollBack(connection, e);
            return false;
        }
    }

    /**
     * Adds a marker row to the transaction that is open. Say afterwards how it ended: {@link #acknowledged} or {@link #failed}.
     *
     * @return its number
     */
    public long mark(Connection connection) throws SQLException {
        long id = nextId();
        insert(connection, id);
        return id;
    }

    /** The transaction with this row was committed, as far as its client knows. */
    public void acknowledged(long id) {
        told.replace(id, new Told(TOLD_SUCCESS, false));
        synchronized (this) {
            acknowledged++;
            long now = time.nanos();
            longestGap = Math.max(longestGap, now - lastAcknowledged);
            lastAcknowledged = now;
        }
    }

    /** The longest time between two acknowledged writes, of all clients: how long the application stood still. */
    public synchronized Duration longestGap() {
        return Duration.ofNanos(longestGap);
    }

    /** How many were acknowledged so far. */
    public synchronized long acknowledged() {
        return acknowledged;
    }

    /**
     * Waits until so many more are acknowledged than now; 30 s at most. So a workload has begun, or goes on again.
     *
     * @throws ChaosException if they are not, or the thread is interrupted
     */
    public void awaitMore(long count) {
        awaitMore(count, Poll.DEADLINE);
    }

    /** As {@link #awaitMore(long)}, with another deadline. */
    public void awaitMore(long count, Duration deadline) {
        long goal = acknowledged() + count;
        Poll.until(
                deadline,
                Amount.of(count, "more write") + " must be acknowledged",
                () -> acknowledged() >= goal,
                () -> "only " + (count - goal + acknowledged()) + " were",
                "Start the workload before, or look at what it gets.");
    }

    /** The transaction with this row failed, as far as its client knows. */
    public void failed(long id, SQLException why) {
        boolean doubtful = SqlFailure.of(why)
                .map(failure -> failure.transience() == Transience.AMBIGUOUS)
                .orElse(true);
        told.replace(id, new Told(String.valueOf(why.getSQLState()), doubtful));
    }

    private long nextId() {
        long id = ids.incrementAndGet();
        if (id > WRITES_MAX) {
            throw new ChaosException("At most " + WRITES_MAX + " writes must be remembered, but this is one more."
                    + " Audit, and create another.");
        }
        told.put(id, new Told(TOLD_NOTHING, true));
        return id;
    }

    private static void insert(Connection connection, long id) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE + " VALUES (?)")) {
            insert.setLong(1, id);
            insert.executeUpdate();
        }
    }

    private static void rollBack(Connection connection, SQLException first) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException lost) {
            first.addSuppressed(lost);
        }
    }

    /**
     * Compares with what is there. First end those who write: a transaction that is under way is not there yet.
     *
     * @param connection to the database that goes on: the new primary, the restored server
     */
    public WriteAudit audit(Connection connection) throws SQLException {
        Set<Long> there = there(connection);
        SortedSet<Long> lost = new TreeSet<>();
        SortedMap<Long, String> ghosts = new TreeMap<>();
        long successes = 0;
        long doubtful = 0;
        SortedMap<String, Long> failed = new TreeMap<>();
        for (var write : told.entrySet()) {
            Told answer = write.getValue();
            boolean isThere = there.contains(write.getKey());
            boolean success = answer.state().equals(TOLD_SUCCESS);
            successes += success ? 1 : 0;
            doubtful += answer.doubtful() ? 1 : 0;
            if (!success && !answer.state().equals(TOLD_NOTHING)) {
                failed.merge(answer.state(), 1L, Long::sum);
            }
            if (success && !isThere) {
                lost.add(write.getKey());
            }
            if (!success && isThere) {
                ghosts.put(write.getKey(), answer.state());
            }
        }
        return new WriteAudit(told.size(), successes, failed, doubtful, lost, ghosts);
    }

    private static Set<Long> there(Connection connection) throws SQLException {
        Set<Long> there = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id FROM " + TABLE)) {
            while (rows.next()) {
                there.add(rows.getLong(1));
            }
        }
        return there;
    }
}

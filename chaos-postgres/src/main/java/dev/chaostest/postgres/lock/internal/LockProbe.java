// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.monitor.ServerState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server who waits for whom, over a connection that it keeps.
 *
 * <p>Each question is one round trip of some 20 us to 100 us, and about named sessions only where that is possible: {@code
 * pg_blocking_pids} holds all of the lock manager for a moment. Safe for use by many threads, which take turns.
 */
public final class LockProbe implements AutoCloseable {

    private static final int SPINS = 20;

    /** A server that is frozen answers nothing: the question fails then, and does not hang who asks. */
    private static final int SILENCE_MILLIS = 30_000;

    private static final String BLOCKED = """
            SELECT p.pid FROM pg_catalog.unnest(?) AS p(pid)
            WHERE pg_catalog.cardinality(pg_catalog.pg_blocking_pids(p.pid)) > 0
               OR pg_catalog.cardinality(pg_catalog.pg_safe_snapshot_blocking_pids(p.pid)) > 0
            """;

    private static final String WAITERS = """
            SELECT w.pid FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted) AS w
            WHERE ? = ANY (pg_catalog.pg_blocking_pids(w.pid)) ORDER BY 1
            """;

    private static final String HELD = """
            SELECT l.locktype || ' ' || l.mode
            FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_get_activity(?) a ON a.pid = l.pid
            WHERE l.pid = ? AND (a.backend_start = ? OR a.backend_start IS NULL) AND l.locktype <> 'virtualxid'
            """;

    private static final String HOLDS = """
            SELECT p.pid FROM pg_catalog.unnest(?) AS p(pid)
            WHERE EXISTS (SELECT FROM pg_catalog.pg_locks l
                          WHERE l.pid = p.pid AND l.granted AND l.mode = ? AND l.locktype = 'relation'
                            AND l.relation = pg_catalog.to_regclass(?)::oid)
            """;

    private static final String WAITED = """
            SELECT coalesce(pg_catalog.bool_or(pg_catalog.clock_timestamp() - waitstart >= ? * interval '1 microsecond'), false)
            FROM pg_catalog.pg_locks WHERE pid = ? AND NOT granted
            """;

    private final DataSource source;
    private final ReentrantLock turn = new ReentrantLock();
    private @Nullable Connection connection;

    /** Connects with the first question. */
    public LockProbe(DataSource source) {
        this.source = source;
    }

    /** Those of these sessions that wait for another session. */
    public List<Integer> blocked(Collection<Integer> pids) throws SQLException {
        return ask(BLOCKED, statement -> statement.setArray(1, array(statement, pids)), row -> row.getInt(1));
    }

    /** Who waits for this session. */
    public List<Integer> waitersOf(int pid) throws SQLException {
        return ask(WAITERS, statement -> statement.setInt(1, pid), row -> row.getInt(1));
    }

    /** For whom this session waits. */
    public List<Integer> blockersOf(int pid) throws SQLException {
        return ask(
                "SELECT DISTINCT b FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(?)) AS b",
                statement -> statement.setInt(1, pid),
                row -> row.getInt(1));
    }

    /** What the server shows that this session holds or waits for, but for the lock that every session has on itself. */
    public List<String> locksOf(LockSession.Identity session) throws SQLException {
        return ask(
                HELD,
                statement -> {
                    statement.setInt(1, session.pid());
                    statement.setInt(2, session.pid());
                    statement.setObject(3, session.started());
                },
                row -> row.getString(1));
    }

    /** How many locks these sessions hold or wait for, but for the one that every session has on itself. */
    public long countLocks(Collection<Integer> pids) throws SQLException {
        return ask(
                        "SELECT count(*) FROM pg_catalog.pg_locks WHERE pid = ANY (?) AND locktype <> 'virtualxid'",
                        statement -> statement.setArray(1, array(statement, pids)),
                        row -> row.getLong(1))
                .get(0);
    }

    /** Those of these sessions that hold this lock. */
    public List<Integer> holders(Collection<Integer> pids, String mode, SqlName table) throws SQLException {
        return ask(
                HOLDS,
                statement -> {
                    statement.setArray(1, array(statement, pids));
                    statement.setString(2, mode);
                    statement.setString(3, table.quoted());
                },
                row -> row.getInt(1));
    }

    /** Whether this session has waited so long already, by the server's clock. */
    public boolean hasWaited(int pid, Duration time) throws SQLException {
        return ask(
                        WAITED,
                        statement -> {
                            statement.setLong(1, time.toNanos() / 1000);
                            statement.setInt(2, pid);
                        },
                        row -> row.getBoolean(1))
                .get(0);
    }

    /** A setting as the server has it for this role. */
    public String setting(String query) throws SQLException {
        return ask(query, statement -> {}, row -> row.getString(1)).get(0);
    }

    /** Who waits for whom, in lines; those that concern these sessions first. */
    public List<String> describe(Set<Integer> pids) {
        turn.lock();
        try {
            return ServerState.read(open()).describeWaits(pids);
        } catch (SQLException e) {
            drop();
            return List.of("(who waits for whom could not be read: state " + e.getSQLState() + ")");
        } finally {
            turn.unlock();
        }
    }

    /** The state of the server. */
    public ServerState state() throws SQLException {
        turn.lock();
        try {
            return ServerState.read(open());
        } catch (SQLException e) {
            drop();
            throw e;
        } finally {
            turn.unlock();
        }
    }

    /** A question to the server. */
    @FunctionalInterface
    public interface Question<T> {
        /** Asks it. */
        T ask() throws SQLException;
    }

    /**
     * Asks until the answer is right: a few times at once, since a lock is waited for within 0.2 ms, then every millisecond.
     *
     * @return empty if the deadline came first
     * @throws ChaosException if the caller is interrupted
     */
    public <T> Optional<T> await(Question<T> question, Predicate<? super T> right, Deadline deadline)
            throws SQLException {
        for (int asked = 1; ; asked++) {
            T answer = question.ask();
            if (right.test(answer)) {
                return Optional.of(answer);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new ChaosException("A wait for the server must not be interrupted, but was. See who did it.");
            }
            if (deadline.isOver()) {
                return Optional.empty();
            }
            if (asked > SPINS) {
                Deadline.pause();
            }
        }
    }

    private static java.sql.Array array(PreparedStatement statement, Collection<Integer> pids) throws SQLException {
        return statement.getConnection().createArrayOf("int4", pids.toArray());
    }

    @FunctionalInterface
    private interface Binding {
        void bind(PreparedStatement statement) throws SQLException;
    }

    @FunctionalInterface
    private interface Column<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** Once more over a new connection, if the one that was kept has ended meanwhile. */
    private <T> List<T> ask(String sql, Binding binding, Column<T> column) throws SQLException {
        turn.lock();
        try {
            boolean kept = connection != null;
            try {
                return ask(open(), sql, binding, column);
            } catch (SQLException e) {
                drop();
                if (!kept) {
                    throw e;
                }
                return ask(open(), sql, binding, column);
            }
        } finally {
            turn.unlock();
        }
    }

    private static <T> List<T> ask(Connection open, String sql, Binding binding, Column<T> column) throws SQLException {
        List<T> answers = new ArrayList<>();
        try (PreparedStatement statement = open.prepareStatement(sql)) {
            binding.bind(statement);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    answers.add(column.read(rows));
                }
            }
        }
        return answers;
    }

    private Connection open() throws SQLException {
        Connection kept = connection;
        if (kept == null || kept.isClosed()) {
            kept = source.getConnection();
            connection = kept;
            kept.setAutoCommit(true);
            kept.setNetworkTimeout(Runnable::run, SILENCE_MILLIS);
        }
        return kept;
    }

    private void drop() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) { // it is broken already
                return;
            }
        }
    }

    /** Closes the connection; a later question opens another one. */
    @Override
    public void close() {
        turn.lock();
        try {
            drop();
        } finally {
            turn.unlock();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.mount.Callers;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions behind a pool's connections, each looked at when it is lent. Forgets those that the pool has let go; keeps at
 * most {@value #FOUND_MAX} findings.
 *
 * @param <L> a finding
 */
public final class Sessions<L> implements Visits {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);
    private static final int FOUND_MAX = 1_000;
    private static final Set<String> MACHINERY = Set.of(
            "com.zaxxer.hikari.",
            "org.postgresql.",
            "org.springframework.",
            "org.hibernate.",
            "dev.chaostest.postgres.pool.");

    private final Gate gate;
    private final Looker<L> looker;
    private final Function<String, L> openTransaction;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Connection, Seen> sessions = new HashMap<>();
    private final List<Found<L>> found = new ArrayList<>();

    /**
     * @param looker compares a session with what it was before
     * @param openTransaction a finding for a transaction in this state
     */
    public Sessions(Gate gate, Looker<L> looker, Function<String, L> openTransaction) {
        this.gate = gate;
        this.looker = looker;
        this.openTransaction = openTransaction;
    }

    /** Compares a session with what it was before. */
    @FunctionalInterface
    public interface Looker<L> {
        /** What it is now, and what is different. */
        Look<L> at(Connection session, Optional<Object> before) throws SQLException;
    }

    /**
     * What was seen.
     *
     * @param state to compare with next time
     * @param found what is different
     */
    public record Look<L>(Object state, List<L> found) {}

    /**
     * A finding, and who had the session before.
     *
     * @param borrower a frame of its code, if one is known
     */
    public record Found<L>(L leak, Optional<String> borrower) {}

    /** One that died in the pool says nothing; its borrower will see that. */
    @Override
    public void lent(Connection connection) {
        lock.lock();
        try {
            Seen seen = look(connection);
            seen.loan = connection;
            seen.borrower = Callers.nearest(MACHINERY);
        } catch (SQLException e) {
            LOG.debug("A session could not be asked what it keeps", e);
        } finally {
            lock.unlock();
        }
    }

    private Seen look(Connection connection) throws SQLException {
        Connection session = connection.unwrap(Connection.class);
        Seen seen = seen(session);
        Optional<String> open = PgSource.openTransaction(session);
        if (open.isPresent()) { // HikariCP does not know of it, and a failed one answers no question
            if (!seen.open) {
                add(seen, openTransaction.apply(open.get()));
            }
            seen.open = true;
            return seen;
        }
        seen.open = false;
        Look<L> look = looker.at(session, Optional.ofNullable(seen.state));
        if (!session.getAutoCommit()) {
            session.rollback();
        }
        seen.state = look.state();
        look.found().forEach(leak -> add(seen, leak));
        return seen;
    }

    /** A new one took the place of others, most likely. */
    private Seen seen(Connection session) {
        Seen known = sessions.get(session);
        if (known != null) {
            return known;
        }
        forgetClosed();
        Seen first = new Seen();
        sessions.put(session, first);
        return first;
    }

    private void forgetClosed() {
        sessions.keySet().removeIf(Sessions::isClosed);
    }

    private void add(Seen seen, L leak) {
        if (found.size() < FOUND_MAX) {
            found.add(new Found<>(leak, Optional.ofNullable(seen.borrower)));
        }
    }

    /** All findings, once the idle sessions were looked at. */
    public List<Found<L>> found() throws SQLException {
        List<Connection> idle = new ArrayList<>();
        lock.lock();
        try {
            long known = idle();
            while (idle.size() < known) {
                Connection next = gate.past();
                idle.add(next);
                lookIfItLives(next);
            }
            return List.copyOf(found);
        } finally {
            lock.unlock();
            idle.forEach(Sessions::giveBack);
        }
    }

    /** How many a pool can lend at once; a session that it has let go may still be on its way to being closed. */
    private long idle() {
        forgetClosed();
        long idle = sessions.values().stream().filter(Seen::isIdle).count();
        long lent = sessions.size() - idle;
        return Math.min(idle, gate.max().orElse(Integer.MAX_VALUE) - lent);
    }

    /** What died keeps nothing. */
    private void lookIfItLives(Connection connection) throws SQLException {
        try {
            look(connection);
        } catch (SQLException e) {
            if (!isClosed(connection.unwrap(Connection.class)) && !isLost(e)) {
                throw e;
            }
            LOG.debug("A session died before it could be asked what it keeps", e);
        }
    }

    private static boolean isLost(SQLException e) {
        return SqlFailure.of(e)
                .filter(failure -> failure.kind() == FailureKind.CONNECTION_LOST)
                .isPresent();
    }

    private static boolean isClosed(Connection session) {
        try {
            return session.isClosed();
        } catch (SQLException e) { // one that can't even say so is of no use to anyone
            return true;
        }
    }

    /** The pool finds out by itself what has died. */
    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A session that was looked at could not be given back", e);
        }
    }

    private static final class Seen {
        private @Nullable Object state;
        private @Nullable Connection loan;
        private @Nullable String borrower;
        private boolean open;

        private boolean isIdle() {
            Connection lent = loan;
            return lent == null || isClosed(lent);
        }
    }
}

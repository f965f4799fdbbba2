// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.internal.Amount;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.pool.internal.Gate;
import dev.chaostest.postgres.pool.internal.Gated;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import dev.chaostest.postgres.pool.internal.HikariSource;
import dev.chaostest.postgres.pool.internal.Terminations;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that died while they were idle in a pool: their backends are terminated, and the pool does not know.
 *
 * <p>Who borrows one within 500 ms of its last use gets it as it is, and sees 57P01 with the first statement; later ones are
 * tried first and replaced, so the borrower only waits a little longer. Terminated are sessions of this pool's own
 * connections, by process and start time; nobody else's. What others have borrowed stays alive.
 *
 * <pre>{@code
 * try (DeadConnections dead = DeadConnections.in(scope, pool, 2, admin)) {
 *     assertThat(dead.count()).isEqualTo(2);
 *     service.transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Closing has HikariCP replace what is idle, and looks that a borrowed connection lives. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class DeadConnections implements Injection {

    private static final Logger LOG = LoggerFactory.getLogger(DeadConnections.class);

    private final DataSource pool;
    private final Gate gate;
    private final int count;
    private final Runnable healed;
    private final AtomicBoolean active = new AtomicBoolean(true);

    private DeadConnections(DataSource pool, Gate gate, int count, Runnable healed) {
        this.pool = pool;
        this.gate = gate;
        this.count = count;
        this.healed = healed;
    }

    /**
     * Terminates. In a dry run, nothing is terminated.
     *
     * @param scope whose end, at the latest, has the pool replace them; the ledger tells of both
     * @param pool with the pool seam: of {@link TestPool}, {@link Twin} or {@link PoolMount#dataSource}
     * @param count how many, at least 1: so many are borrowed at the same time, terminated, and given back
     * @param admin connects past the pool, as the same role, as a superuser, or as one of pg_signal_backend and
     *     pg_read_all_stats
     * @throws ChaosException if the pool has no seam, does not give so many, or if they can't be terminated
     */
    public static DeadConnections in(ChaosScope scope, DataSource pool, int count, DataSource admin) {
        if (!(pool instanceof Gated gated)) {
            throw new ChaosException("DeadConnections must be in a DataSource with the pool seam, but "
                    + pool.getClass().getName() + " has none. Use PoolMount.of(pool).dataSource() in its place.");
        }
        Gate gate = gated.gate();
        int max = gate.max()
                .orElseThrow(() -> new ChaosException(gate.mount().name()
                        + " must be a pool of HikariCP to have connections that die in it, but none is found."
                        + " Use ServerError.of(\"57P01\") for one without a pool."));
        if (count < 1 || count > max) {
            throw new ChaosException("From 1 to " + max + " connections of "
                    + gate.mount().name() + " can be dead, but " + count + " were to be. Give a number in that range.");
        }
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            scope.ledger()
                    .noted("dry run: would have terminated " + Amount.of(count, "session") + " of "
                            + gate.mount().name());
            return new DeadConnections(pool, gate, 0, () -> {});
        }
        List<Integer> ended = terminate(gate, count, admin);
        LedgerEntry.Commanded commanded = scope.ledger()
                .commanded(
                        "terminate sessions " + ended + " that are idle in "
                                + gate.mount().name(),
                        Reach.SESSION);
        DeadConnections dead = new DeadConnections(
                pool,
                gate,
                ended.size(),
                () -> scope.ledger().healed(commanded, "the pool was emptied, and what it lends lives"));
        return scope.own("dead connections of " + gate.mount().name(), dead);
    }

    /** While they are held: given back first, somebody else could have one of them. */
    private static List<Integer> terminate(Gate gate, int count, DataSource admin) {
        List<Connection> held = new ArrayList<>();
        try {
            try {
                while (held.size() < count) {
                    held.add(gate.past());
                }
                return Terminations.end(held, admin);
            } finally {
                held.forEach(DeadConnections::giveBack);
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    Amount.of(count, "connection") + " of " + gate.mount().name()
                            + " must be borrowed and terminated, but after "
                            + held.size() + " that failed with " + e.getSQLState()
                            + ". Let fewer die, or look at the cause.",
                    e);
        }
    }

    /** The pool finds out by itself what has died; and one that fails must not keep the others. */
    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection whose session was ended could not be given back", e);
        }
    }

    /** How many died. */
    public int count() {
        return count;
    }

    @Override
    public boolean isActive() {
        return active.get();
    }

    /**
     * Has the pool replace what is idle.
     *
     * @throws ChaosException if what it lends then is dead
     */
    @Override
    public void close() {
        if (!active.compareAndSet(true, false) || count == 0) {
            return;
        }
        try {
            if (HikariPresence.isPresent()) {
                HikariSource.evictIdle(pool);
            }
            try (Connection next = gate.past()) {
                if (!next.isValid(Terminations.SECONDS)) {
                    throw new ChaosException(gate.mount().name()
                            + " must lend a living connection again, but did not. Close the pool and make another.");
                }
            }
            healed.run();
        } catch (SQLException e) {
            throw new ChaosException(
                    gate.mount().name() + " must lend a connection again, but answered " + e.getSQLState()
                            + ". See the cause.",
                    e);
        }
    }
}

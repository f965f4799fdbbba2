// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.mount.Mount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Target;
import dev.chaostest.postgres.pool.internal.Gate;
import dev.chaostest.postgres.pool.internal.Gated;
import dev.chaostest.postgres.pool.internal.GatedSource;
import dev.chaostest.postgres.pool.internal.Holding;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import javax.sql.DataSource;

/**
 * The pool seam of one DataSource: slow, refused, exhausted, leaking.
 *
 * <p>Every {@code getConnection} is one hit at the site {@code pool:acquire}, whatever proxies are above. Rules may have a
 * {@link dev.chaostest.plan.Delay} or a {@link NoConnection}. No connection is wrapped: what comes out is the pool's own.
 *
 * <p>A delay before the effect is a slow {@code getConnection}. The pool's connection time-out still bounds it: a longer delay
 * ends in HikariCP's {@code SQLTransientConnectionException}. An interrupt ends it as it ends HikariCP's own wait, with an
 * {@code SQLException} and the flag set. The end of the round and the end of the pool free it at once. A delay after the effect
 * has a connection already, so no time-out bounds it. HikariCP's own numbers don't count who waits here.
 *
 * <p>{@link TestPool} and {@link Twin} make pools that have the seam; they are {@code HikariDataSource}s. Around any other
 * DataSource a small one is put that delegates: use {@link #dataSource} instead of the original. Delays work with each kind,
 * the rest where HikariCP is below.
 *
 * <pre>{@code
 * PoolMount pool = PoolMount.of(bank);
 * scope.arm(pool.mount());
 * try (Injection none = pool.exhaust(scope, 0)) {
 *     assertThatThrownBy(() -> service.transfer(1, 2, 100)).hasRootCauseInstanceOf(SQLTransientConnectionException.class);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class PoolMount {

    private final DataSource source;
    private final Gate gate;

    private PoolMount(DataSource source, Gate gate) {
        this.source = source;
        this.gate = gate;
    }

    /**
     * The seam of a DataSource: the one that it has, or that what it wraps has; else a new one around it, each time.
     *
     * @throws ChaosException if it can't say what it wraps
     */
    public static PoolMount of(DataSource source) {
        try {
            if (source instanceof Gated gated) {
                return new PoolMount(source, gated.gate());
            }
            if (source.isWrapperFor(Gated.class)) {
                return new PoolMount(source, source.unwrap(Gated.class).gate());
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "A DataSource must say what it wraps, but "
                            + source.getClass().getName() + " failed. Look at the cause.",
                    e);
        }
        GatedSource around = new GatedSource(source);
        return new PoolMount(around, around.gate());
    }

    /** Whether a DataSource has the seam already. */
    public static boolean isOn(DataSource source) {
        return source instanceof Gated;
    }

    /** The site {@code pool:acquire}, for rules. */
    public static Target acquire() {
        return Target.of(Gate.ACQUIRE);
    }

    /** What the pool says about itself now; empty if no pool of HikariCP is found. */
    public Optional<PoolNumbers> numbers() {
        return gate.numbers();
    }

    /** What rounds are armed on. */
    public Mount mount() {
        return gate.mount();
    }

    /** The DataSource to use. */
    public DataSource dataSource() {
        return source;
    }

    /**
     * Exhausts the pool for real: its connections are borrowed and held, so everyone else gets HikariCP's own time-out. Returns
     * when no more than that many are free; what others have then is taken when they give it back. In a dry run, nothing is held.
     *
     * @param scope whose end, at the latest, gives the connections back; the ledger tells of both
     * @param leaving how many connections everyone else shares, 0 for none; less than the pool's maximum
     * @return gives the connections back when it is closed
     * @throws ChaosException if that is not possible here, or not within 10 s
     */
    public Injection exhaust(ChaosScope scope, int leaving) {
        OptionalInt max = gate.max();
        if (max.isEmpty()) {
            throw new ChaosException(
                    mount().name()
                            + " must be a pool of HikariCP to be exhausted, but none is found. Use leak(scope, count) with its maximum.");
        }
        if (leaving < 0 || leaving >= max.getAsInt()) {
            throw new ChaosException("exhaust must leave from 0 to " + (max.getAsInt() - 1) + " connections of "
                    + mount().name() + ", but was to leave " + leaving + ". Leave 0 to have none free.");
        }
        return hold(scope, new Holding.Wish("exhausted", max.getAsInt() - leaving, true));
    }

    /**
     * Leaks connections for real: takes them and does not give them back, as a service with a leak would in the long run. In a
     * dry run, nothing is held.
     *
     * @param scope whose end, at the latest, gives the connections back; the ledger tells of both
     * @param count at least 1, at most the pool's maximum
     * @return gives the connections back when it is closed
     * @throws ChaosException if the pool has fewer, or does not give them within 10 s
     */
    public Injection leak(ChaosScope scope, int count) {
        int max = gate.max().orElse(Integer.MAX_VALUE);
        if (count < 1 || count > max) {
            throw new ChaosException("leak must take from 1 to " + max + " connections of " + mount().name()
                    + ", but was to take " + count + ". Use exhaust(scope, 0) for all.");
        }
        return hold(scope, new Holding.Wish("leaked from", count, false));
    }

    private Injection hold(ChaosScope scope, Holding.Wish wish) {
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            scope.ledger()
                    .noted("dry run: would have " + wish.verb() + " "
                            + gate.mount().name());
            return new NotHeld();
        }
        return gate.hold(wish, scope.round());
    }

    /**
     * Remembers from now on who borrows a connection, at the price of a look at the stack for each.
     *
     * @return says who has not given back: a sentence for each place, with the frames of the code under test that borrowed, the
     *     nearest first. Connections that are held by {@link #exhaust} or {@link #leak}, or idle, are none. Asking waits for
     *     up to half a second for those that are just about to be given back
     */
    public Supplier<List<String>> watchLeaks() {
        return gate.watchLeaks();
    }

    /** Closes the connections that {@link #watchLeaks} knows to be lent, in place of those who have them. */
    public void closeLent() {
        gate.closeLent();
    }

    /**
     * Counts from now on who gets a connection and who does not. An earlier count goes on no more.
     *
     * @return says what became of them so far; connections that are held by {@link #exhaust} or {@link #leak} are not counted
     */
    public Supplier<AcquireReport> watchUse() {
        return gate.watchUse()::report;
    }

    @Override
    public String toString() {
        return mount().name();
    }

    /** What a dry run holds: nothing. */
    private static final class NotHeld implements Injection {
        private final AtomicBoolean active = new AtomicBoolean(true);

        @Override
        public boolean isActive() {
            return active.get();
        }

        @Override
        public void close() {
            active.set(false);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.pool.PoolNumbers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pool seam of one DataSource: asks the armed round at each acquire, and carries out what it says. */
public final class Gate implements AutoCloseable {

    public static final Site ACQUIRE = new Site("pool", "acquire");

    /** Opening a pool's worth of connections takes less. */
    private static final Duration HOLD_DEADLINE = Duration.ofSeconds(10);

    private static final Set<String> MACHINERY =
            Set.of("com.zaxxer.hikari.", "org.postgresql.", "dev.chaostest.postgres.pool.");

    private final Backing backing;
    private final Mount mount;
    private final Set<Pause> paused = ConcurrentHashMap.newKeySet();
    private final Set<Holding> holdings = ConcurrentHashMap.newKeySet();
    private final ReentrantLock numbering = new ReentrantLock();
    private volatile @Nullable Own own;
    private volatile @Nullable Borrowers borrowers;
    private volatile @Nullable Takings takings;
    private final AtomicReference<@Nullable Visits> visits = new AtomicReference<>();
    private volatile boolean closed;

    Gate(Backing backing) {
        this.backing = backing;
        this.mount = new Mount(backing.name(), ACQUIRE.seam(), backing.carries());
    }

    /** What rounds are armed on. */
    public Mount mount() {
        return mount;
    }

    /** How many connections the pool has at most; empty if that is not known. */
    public OptionalInt max() {
        return backing.max();
    }

    /** What the pool says about itself; empty if it says nothing. */
    public Optional<PoolNumbers> numbers() {
        return backing.numbers();
    }

    Connection acquire() throws SQLException {
        return acquire(backing);
    }

    /** By another way to the same pool: with a user of the caller's. */
    Connection acquire(Backing way) throws SQLException {
        Takings counting = takings;
        Connection connection = counting == null ? struck(way) : counted(way, counting);
        Visits visiting = visits.get();
        if (visiting != null) {
            visiting.lent(connection);
        }
        Borrowers watching = borrowers;
        if (watching != null) {
            watching.lent(connection);
        }
        return connection;
    }

    private Connection struck(Backing way) throws SQLException {
        Round round = mount.armed();
        Strike strike = round == null ? null : round.at(ACQUIRE, lane(round), () -> "getConnection", MACHINERY);
        return strike == null ? way.acquire() : new Acquire(this, way, strike).run();
    }

    private Connection counted(Backing way, Takings counting) throws SQLException {
        long began = System.nanoTime();
        try {
            Connection connection = struck(way);
            counting.given(connection, System.nanoTime() - began);
            return connection;
        } catch (SQLException e) {
            counting.refused(e, System.nanoTime() - began);
            throw e;
        }
    }

    /** Past every rule, and not counted: for what the library does itself. */
    public Connection past() throws SQLException {
        return backing.acquire();
    }

    private Lane lane(Round round) {
        Own now = own;
        if (now != null && now.round == round) {
            return now.lane;
        }
        numbering.lock(); // two first callers must not make two lanes
        try {
            Own again = own;
            if (again == null || again.round != round) {
                again = new Own(round, round.newLane("pool"));
                own = again;
            }
            return again.lane;
        } finally {
            numbering.unlock();
        }
    }

    /** A wait of a caller that the end of the round and the end of the pool cut short. */
    Pause pause(Round round) {
        Pause pause = new Pause(each -> {
            paused.add(each);
            Runnable ended = round.whenOver(() -> each.free(Pause.End.RELEASED));
            return () -> {
                ended.run();
                paused.remove(each);
            };
        });
        if (closed) {
            pause.free(Pause.End.CLOSED);
        }
        return pause;
    }

    /** From now on remembers who borrows; the answer says who has not given back. */
    public Supplier<List<String>> watchLeaks() {
        Borrowers watching = new Borrowers(backing.name());
        borrowers = watching;
        return watching::left;
    }

    /** Gives back what is lent, as far as the watch of leaks knows it. */
    public void closeLent() {
        Borrowers watching = borrowers;
        if (watching != null) {
            watching.giveBack();
        }
    }

    /** From now on counts who gets a connection and who does not. */
    public Takings watchUse() {
        Takings counting = new Takings();
        takings = counting;
        return counting;
    }

    /**
     * Shows each connection that is lent, before its borrower has it, until that is closed.
     *
     * @throws ChaosException if somebody is shown them already
     */
    public AutoCloseable watch(Visits visiting) {
        if (!visits.compareAndSet(null, visiting)) {
            throw new ChaosException("At most one must watch the sessions of " + mount.name()
                    + " at a time, but one does already. Close that one first.");
        }
        return () -> visits.compareAndSet(visiting, null);
    }

    /**
     * Takes connections for itself, and returns when it has them.
     *
     * @throws ChaosException if the pool does not give them
     */
    public Holding hold(Holding.Wish wish, Round round) {
        Holding holding = new Holding(backing, wish, round.ledger(), holdings::remove);
        holdings.add(holding);
        round.whenOver(holding::close);
        try {
            holding.start(HOLD_DEADLINE);
        } catch (RuntimeException e) {
            holding.close();
            throw e;
        }
        if (closed) {
            holding.close();
        }
        return holding;
    }

    /** Frees everybody who waits here, and gives back what is held. For a pool that is closed; nobody waits here again. */
    @Override
    public void close() {
        closed = true;
        paused.forEach(pause -> pause.free(Pause.End.CLOSED));
        List.copyOf(holdings).forEach(Holding::close);
    }

    private record Own(Round round, Lane lane) {}
}

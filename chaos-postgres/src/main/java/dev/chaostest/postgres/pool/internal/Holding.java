// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.Injection;
import dev.chaostest.internal.Amount;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections that are borrowed for nobody, by a thread that queues for them like any other: what others have is taken when
 * they give it back. Closing ends the queueing and gives all back.
 */
public final class Holding implements Injection {

    private static final Logger LOG = LoggerFactory.getLogger(Holding.class);
    private static final long LOOK_AGAIN_NANOS = 5_000_000;
    private static final Duration JOIN = Duration.ofSeconds(5);

    private final Backing pool;
    private final Wish wish;
    private final Ledger ledger;
    private final Consumer<Holding> forget;
    private final Thread taker = new Thread(this::take, "chaos-holder");
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Connection> held = new ArrayList<>();
    private @Nullable SQLException lastFailure;
    private boolean stopped;
    private boolean closed;

    Holding(Backing pool, Wish wish, Ledger ledger, Consumer<Holding> forget) {
        this.pool = pool;
        this.wish = wish;
        this.ledger = ledger;
        this.forget = forget;
        taker.setDaemon(true);
    }

    /**
     * What is to be held.
     *
     * @param verb for the ledger: "exhausted"
     * @param count how many connections
     * @param orNoneIsFree whether it is enough for the beginning that others have the rest
     */
    public record Wish(String verb, int count, boolean orNoneIsFree) {}

    /** Returns when the wish is fulfilled. */
    void start(Duration deadline) {
        taker.start();
        lock.lock();
        try {
            long end = System.nanoTime() + deadline.toNanos();
            while (!isFulfilled()) {
                if (closed || stopped || System.nanoTime() >= end) {
                    throw notGiven(deadline);
                }
                changed.awaitNanos(LOOK_AGAIN_NANOS); // a pool does not tell when others borrow
            }
            ledger.noted(wish.verb + " " + pool.name() + ": "
                    + Amount.of(held.size(), "connection is", "connections are") + " held"
                    + (held.size() < wish.count ? ", the other " + (wish.count - held.size()) + " as they come" : ""));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ChaosException(
                    pool.name()
                            + " must give connections to be held, but the wait for them was interrupted. Try again.",
                    e);
        } finally {
            lock.unlock();
        }
    }

    private boolean isFulfilled() {
        return !closed
                && (held.size() >= wish.count
                        || (wish.orNoneIsFree && pool.busy() >= pool.max().orElse(0)));
    }

    private ChaosException notGiven(Duration deadline) {
        String why = closed
                ? "then its round or the pool ended. Hold them earlier"
                : stopped
                        ? "then it failed. See the cause"
                        : "not more within " + Durations.print(deadline)
                                + ". Hold fewer, or have the others give theirs back first";
        return new ChaosException(
                pool.name() + " must give " + Amount.of(wish.count, "connection") + " to be held, but gave "
                        + held.size() + ", " + why + ".",
                lastFailure);
    }

    /** On the thread of its own. */
    private void take() {
        try {
            while (wants()) {
                takeOne();
            }
        } catch (SQLException e) { // the pool is closed, or is none that can be waited for
            stopped(e);
        }
    }

    private void takeOne() throws SQLException {
        try {
            Connection taken = pool.acquire();
            if (!keep(taken)) {
                taken.close();
            }
        } catch (SQLTransientConnectionException e) { // others have them, or the server is not there yet
            late(e);
        }
    }

    private boolean wants() {
        lock.lock();
        try {
            return !closed && held.size() < wish.count;
        } finally {
            lock.unlock();
        }
    }

    private boolean keep(Connection taken) {
        lock.lock();
        try {
            if (!closed) {
                held.add(taken);
                changed.signalAll();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void late(SQLException e) {
        lock.lock();
        try {
            lastFailure = e;
        } finally {
            lock.unlock();
        }
    }

    private void stopped(SQLException e) {
        lock.lock();
        try {
            lastFailure = e;
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isActive() {
        lock.lock();
        try {
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<Connection> back;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            back = List.copyOf(held);
            held.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        taker.interrupt();
        back.forEach(Holding::giveBack);
        ledger.noted("gave " + Amount.of(back.size(), "held connection") + " back to " + pool.name());
        forget.accept(this);
        join();
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) { // its pool may be closed by now
            LOG.debug("A held connection could not be given back", e);
        }
    }

    /** It ends at once where the pool is interruptible, as HikariCP is. */
    private void join() {
        boolean interrupted = false;
        long end = System.nanoTime() + JOIN.toNanos();
        for (long left = JOIN.toNanos(); left > 0 && taker.isAlive(); left = end - System.nanoTime()) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(taker, left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (taker.isAlive()) {
            LOG.warn(
                    "The thread that queued for connections of {} has not ended: its pool ignores interrupts",
                    pool.name());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

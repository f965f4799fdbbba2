// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients that connect at a rate, each on its own thread; whoever comes after the deadline gives back what it got. */
public final class Rush {

    private static final Logger LOG = LoggerFactory.getLogger(Rush.class);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final long SECOND = 1_000_000_000;

    private final Room room;
    private final TimeSource time;
    private final Takings takings;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<Connection> held = new ArrayList<>();
    private boolean over;

    /** @param takings counts */
    public Rush(Room room, TimeSource time, Takings takings) {
        this.room = room;
        this.time = time;
        this.takings = takings;
    }

    /**
     * All of them.
     *
     * @return what they got
     * @throws ChaosException if one got no answer in time; then what the others got is closed
     */
    public List<Connection> run(int clients, int perSecond) {
        CountDownLatch answered = new CountDownLatch(clients);
        List<CompletableFuture<Void>> starts = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            Thread client = new Thread(() -> connect(answered), "chaos-storm-" + (i + 1));
            client.setDaemon(true);
            starts.add(time.timer(Duration.ofNanos(i * SECOND / perSecond)).thenRun(client::start));
        }
        long most = DEADLINE.toNanos() + clients * SECOND / perSecond;
        try {
            if (answered.await(most, TimeUnit.NANOSECONDS)) {
                return taken();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        starts.forEach(start -> start.cancel(false));
        taken().forEach(Rush::giveBack);
        throw new ChaosException("Each of " + clients + " clients must get an answer from " + room.name() + " within "
                + DEADLINE.toSeconds() + " s, but " + answered.getCount()
                + " did not. Give the DataSource a login or a connection time-out.");
    }

    private void connect(CountDownLatch answered) {
        long began = time.nanos();
        try {
            keep(room.take(), time.nanos() - began);
        } catch (SQLException e) {
            takings.refused(e, time.nanos() - began);
        } catch (RuntimeException e) { // a pool that can't even start
            takings.refused(new SQLException(e.toString(), e), time.nanos() - began);
        } finally {
            answered.countDown();
        }
    }

    private void keep(Connection taken, long waited) {
        lock.lock();
        try {
            if (!over) {
                held.add(taken);
                takings.given(taken, waited);
                return;
            }
        } finally {
            lock.unlock();
        }
        giveBack(taken);
    }

    private List<Connection> taken() {
        lock.lock();
        try {
            over = true;
            return List.copyOf(held);
        } finally {
            lock.unlock();
        }
    }

    private static void giveBack(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debug("A connection that came too late could not be closed", e);
        }
    }
}

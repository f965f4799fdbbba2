// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.postgres.pool.AcquireReport;
import dev.chaostest.postgres.pool.AcquireReport.Refusal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts who gets a connection and who does not. Nothing is wrapped: a connection says itself whether it is closed, and more
 * of them are open only ever when one is given; so the peak is found by looking just then.
 */
public final class Takings {

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Connection> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private final List<Refusal> refusals = new ArrayList<>();
    private int acquired;
    private int peak;
    private long longest;

    /** One was given. */
    public void given(Connection connection, long waitedNanos) {
        lock.lock();
        try {
            open.removeIf(Takings::isClosed);
            open.add(connection);
            acquired++;
            peak = Math.max(peak, open.size());
            longest = Math.max(longest, waitedNanos);
        } finally {
            lock.unlock();
        }
    }

    /** One was not. */
    public void refused(SQLException why, long waitedNanos) {
        lock.lock();
        try {
            longest = Math.max(longest, waitedNanos);
            if (refusals.size() < AcquireReport.REFUSALS_MAX) {
                refusals.add(Refusal.of(why, Duration.ofNanos(waitedNanos)));
            }
        } finally {
            lock.unlock();
        }
    }

    /** So far. */
    public AcquireReport report() {
        lock.lock();
        try {
            return new AcquireReport(acquired, peak, refusals, Duration.ofNanos(longest));
        } finally {
            lock.unlock();
        }
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) { // one that can't even say so is of no use to anyone
            return true;
        }
    }
}

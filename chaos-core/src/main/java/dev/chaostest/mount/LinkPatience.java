// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a client of a link may wait in vain for what a fault keeps from it, before its connection is ended.
 *
 * <p>A link can't see whether its client has a time-out, so this is longer than clients' usual ones: 90 s if nobody has said.
 * It does not run while something is about to end the fault by itself. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class LinkPatience {

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final AtomicInteger moving = new AtomicInteger();
    private volatile Duration limit = LIMIT;

    LinkPatience() {}

    /** How long. */
    public Duration limit() {
        return limit;
    }

    /**
     * Says how long.
     *
     * @param longest positive
     */
    public void limit(Duration longest) {
        if (longest.isZero() || longest.isNegative()) {
            throw new ChaosException("The longest wait on a link must be positive, but was " + Durations.print(longest)
                    + ". To have no wait end by itself, give a longer time than the test has.");
        }
        limit = longest;
    }

    /**
     * Says that faults come and go by themselves from now on: a schedule runs.
     *
     * @return what says that this is over; twice is harmless
     */
    public Runnable suspend() {
        moving.incrementAndGet();
        AtomicBoolean mine = new AtomicBoolean(true);
        return () -> {
            if (mine.compareAndSet(true, false)) {
                moving.decrementAndGet();
            }
        };
    }

    /** Whether faults come and go by themselves. */
    public boolean isSuspended() {
        return moving.get() > 0;
    }
}

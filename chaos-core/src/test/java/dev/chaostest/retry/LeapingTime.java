// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Time that leaps to the end of every timer when it is set: who waits does not wait. */
final class LeapingTime implements TimeSource {

    private final AtomicLong now = new AtomicLong();
    private final List<Duration> waits = new CopyOnWriteArrayList<>();
    private final Duration late;

    LeapingTime() {
        this(Duration.ZERO);
    }

    /** Timers come so much too late, as those of a busy machine. */
    LeapingTime(Duration late) {
        this.late = late;
    }

    @Override
    public long nanos() {
        return now.get();
    }

    @Override
    public CompletableFuture<Void> timer(Duration after) {
        waits.add(after);
        pass(after.plus(late));
        return CompletableFuture.completedFuture(null);
    }

    /** Something takes so long. */
    void pass(Duration length) {
        now.addAndGet(length.toNanos());
    }

    /** The timers that were set, in order. */
    List<Duration> waits() {
        return waits;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until a test moves it on.
 *
 * <p>{@link #advance} stops at each timer on the way, in order, so that what a timer starts sees the time it was set to.
 * A thread that waits for a timer goes on by itself: use {@link #awaitTimers} to know that it waits before moving on.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * try (ChaosScope scope = ChaosScope.open("payment", plan, time)) {
 *     Future<Receipt> receipt = executor.submit(() -> gateway.charge(order));
 *     time.awaitTimers(1, Duration.ofSeconds(5));
 *     time.advance(Duration.ofMinutes(1));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class VirtualTime implements TimeSource {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private volatile long now;
    private long goal;
    private long set;

    /** Starts at zero. */
    public VirtualTime() {}

    @Override
    public long nanos() {
        return now;
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // forgetting a timer can't fail
    public CompletableFuture<Void> timer(Duration after) {
        CompletableFuture<Void> future = new CompletableFuture<>();
        if (after.isZero() || after.isNegative()) {
            future.complete(null);
            return future;
        }
        lock.lock();
        try {
            long length = Math.min(TimeUnit.NANOSECONDS.convert(after), Long.MAX_VALUE - now); // or it is never due
            Timer timer = new Timer(now + length, set++, future);
            timers.add(timer);
            changed.signalAll();
            future.whenComplete((done, failed) -> forget(timer));
        } finally {
            lock.unlock();
        }
        return future;
    }

    private void forget(Timer timer) {
        lock.lock();
        try {
            timers.remove(timer);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Moves time on.
     *
     * @param by not negative
     * @throws IllegalArgumentException if it is negative: time never goes back
     */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException(
                    "virtual time must move on, but was to move by " + by + ". Use a new VirtualTime to start over.");
        }
        long end = end(by);
        for (Timer due = next(end); due != null; due = next(end)) {
            due.future.complete(null); // not under the lock: what follows may set timers, or wait for somebody who does
        }
    }

    /** Two threads that advance at once move time by both. */
    private long end(Duration by) {
        lock.lock();
        try {
            goal = Math.addExact(goal, TimeUnit.NANOSECONDS.convert(by));
            return goal;
        } finally {
            lock.unlock();
        }
    }

    /** The next timer up to there, with the clock on it; null, with the clock at the end, if there is none. */
    private @Nullable Timer next(long end) {
        lock.lock();
        try {
            Timer first = timers.peek();
            if (first == null || first.due > end) {
                now = Math.max(now, end);
                return null;
            }
            now = Math.max(now, first.due);
            return timers.poll();
        } finally {
            lock.unlock();
        }
    }

    /** When the timers that are set are due, from now, the soonest first. */
    public List<Duration> timers() {
        lock.lock();
        try {
            List<Duration> due = new ArrayList<>();
            timers.stream().sorted().forEach(timer -> due.add(Duration.ofNanos(timer.due - now)));
            return due;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits, in real time, until at least so many timers are set.
     *
     * @throws IllegalStateException if they are not within the deadline
     */
    public void awaitTimers(int count, Duration deadline) throws InterruptedException {
        long left = TimeUnit.NANOSECONDS.convert(deadline);
        lock.lock();
        try {
            while (timers.size() < count) {
                if (left <= 0) {
                    throw new IllegalStateException("at least " + count + " timers must be set on " + this + " within "
                            + deadline + ", but there are " + timers.size()
                            + ". Check that the code under test was handed this time source.");
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "virtual time at " + Duration.ofNanos(now);
    }

    /** In order of time, then of being set. */
    private record Timer(long due, long ordinal, CompletableFuture<Void> future) implements Comparable<Timer> {
        @Override
        public int compareTo(Timer other) {
            int byTime = Long.compare(due, other.due);
            return byTime != 0 ? byTime : Long.compare(ordinal, other.ordinal);
        }
    }
}

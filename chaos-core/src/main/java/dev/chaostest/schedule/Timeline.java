// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Does steps when they are due, one after the other, on the thread that runs it.
 *
 * <p>On one thread, and in order of time and of being set: so the ledger of several schedules is the same each time, and
 * what a step calls may block, which it must not on a timer's thread.
 */
final class Timeline {

    private final TimeSource time;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long set;
    private volatile boolean stopped;

    Timeline(TimeSource time) {
        this.time = time;
    }

    private record Event(long due, long ordinal, Act act) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(due - other.due, 0); // nanoTime may be anywhere in the range
            return byTime != 0 ? byTime : Long.compare(ordinal, other.ordinal);
        }
    }

    long nanos() {
        return time.nanos();
    }

    /** Sets a step; for the thread that runs it, or before that. */
    void in(Duration delay, Act act) {
        events.add(new Event(time.nanos() + delay.toNanos(), set++, act));
    }

    /** Does steps until none is set any more, or it is stopped. */
    void run() throws Exception {
        for (Event next = events.poll(); next != null && isDue(next); next = events.poll()) {
            next.act.run();
        }
    }

    private boolean isDue(Event event) {
        for (long left = event.due - time.nanos(); left > 0 && !stopped; left = event.due - time.nanos()) {
            CompletableFuture<Void> timer = time.timer(Duration.ofNanos(left));
            CompletableFuture<Void> told = timer.thenRun(this::tell);
            await(timer);
            timer.cancel(false);
            told.cancel(false);
        }
        return !stopped;
    }

    private void await(CompletableFuture<Void> timer) {
        lock.lock();
        try {
            while (!stopped && !timer.isDone()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void tell() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Does no more steps, and lets waits end. */
    void stop() {
        stopped = true;
        tell();
    }

    boolean isStopped() {
        return stopped;
    }

    void awaitStop() {
        lock.lock();
        try {
            while (!stopped) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}

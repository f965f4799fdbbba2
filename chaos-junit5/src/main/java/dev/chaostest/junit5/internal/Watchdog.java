// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Interrupts a test that takes too long, where JUnit does not. */
final class Watchdog implements AutoCloseable {

    private final String test;
    private final Duration limit;
    private final Thread watched = Thread.currentThread();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean bitten;

    private Watchdog(String test, Duration limit) {
        this.test = test;
        this.limit = limit;
        this.thread = new Thread(this::watch, "chaos-watchdog");
        thread.setDaemon(true);
    }

    /** Watches the current thread from now on; null if JUnit does. */
    static @Nullable Watchdog start(String test, TestTimeout timeout) {
        if (timeout.isJUnits()) {
            return null;
        }
        Watchdog watchdog = new Watchdog(test, timeout.length());
        watchdog.thread.start();
        return watchdog;
    }

    private void watch() {
        try {
            if (!done.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                bitten = true;
                watched.interrupt();
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the watch. If it was too late, takes the interrupt back and says so. */
    @Override
    public void close() throws TimeoutException {
        done.countDown();
        try {
            thread.join();
        } catch (InterruptedException ours) {
            if (!bitten) {
                Thread.currentThread().interrupt();
            }
        }
        if (bitten) {
            Thread.interrupted();
            throw new TimeoutException(test + "() timed out after " + Durations.print(limit));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Interrupts a test that takes too long, where JUnit does not. */
final class Watchdog {

    private final Duration limit;
    private final Thread watched = Thread.currentThread();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "chaos-watchdog");
    private volatile boolean bitten;

    private Watchdog(Duration limit) {
        this.limit = limit;
        thread.setDaemon(true);
    }

    /**
     * Runs a test on this thread, and watches it unless JUnit does.
     *
     * @throws TimeoutException if it took too long; what it threw then is suppressed, as JUnit does it
     */
    static void run(String test, TestTimeout timeout, Body body) throws Throwable {
        if (timeout.isJUnits()) {
            body.run();
            return;
        }
        Watchdog watchdog = new Watchdog(timeout.length());
        watchdog.thread.start();
        Throwable thrown = null;
        try {
            body.run();
        } catch (Throwable failure) { // an error too: it must not pass the end of the watch
            thrown = failure;
        }
        if (watchdog.end()) {
            throw late(test, timeout, thrown);
        }
        if (thrown != null) {
            throw thrown;
        }
    }

    private static TimeoutException late(String test, TestTimeout timeout, @Nullable Throwable thrown) {
        TimeoutException late = new TimeoutException(test + "() timed out after " + Durations.print(timeout.length()));
        if (thrown != null) {
            late.addSuppressed(thrown);
        }
        return late;
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

    /** Ends the watch; if it has bitten, takes the interrupt back. */
    private boolean end() {
        done.countDown();
        boolean interrupted = Thread.interrupted();
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted && !bitten) {
            Thread.currentThread().interrupt();
        } else {
            Thread.interrupted();
        }
        return bitten;
    }

    /** A test, armed and verified. */
    @FunctionalInterface
    interface Body {
        void run() throws Throwable;
    }
}

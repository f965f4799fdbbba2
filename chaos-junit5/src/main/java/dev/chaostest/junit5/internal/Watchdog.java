// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Interrupts a test that takes too long, where JUnit does not. */
final class Watchdog {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    private final TestTimeout timeout;
    private final Lookout lookout;
    private final Thread watched = Thread.currentThread();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread thread = new Thread(this::watch, "chaos-watchdog");
    /** Set by whoever is first: the test that ends, or the watch that finds it late. */
    private final AtomicBoolean decided = new AtomicBoolean();

    private Watchdog(TestTimeout timeout, Lookout lookout) {
        this.timeout = timeout;
        this.lookout = lookout;
        thread.setDaemon(true);
    }

    /**
     * Runs a test on this thread, and watches it. Where JUnit does that, only looks ahead.
     *
     * @throws TimeoutException if it took too long; what it threw then is suppressed, as JUnit does it
     */
    static void run(String test, TestTimeout timeout, Lookout lookout, Body body) throws Throwable {
        if (timeout.isJUnits() && !lookout.isNeeded()) {
            body.run();
            return;
        }
        Watchdog watchdog = new Watchdog(timeout, lookout);
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
        long start = System.nanoTime();
        try {
            if (!isDoneAt(start, timeout.forLookAhead())) {
                lookout.ahead();
                if (!timeout.isJUnits() && !isDoneAt(start, timeout.length())) {
                    bite();
                }
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDoneAt(long start, Duration elapsed) throws InterruptedException {
        return done.await(start + elapsed.toNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void bite() {
        if (!decided.compareAndSet(false, true)) {
            return;
        }
        try {
            lookout.late(watched);
        } finally {
            watched.interrupt();
        }
    }

    /** Ends the watch; if it has bitten, takes the interrupt back. Who still looks ahead is not waited for. */
    @SuppressWarnings("ThreadJoinLoop") // what interrupts the wait is the bite that is waited for
    private boolean end() {
        done.countDown();
        if (decided.compareAndSet(false, true)) {
            return false;
        }
        joined();
        Thread.interrupted();
        return true;
    }

    /** The bite itself may come while this waits. */
    private void joined() {
        while (true) {
            try {
                thread.join();
                return;
            } catch (InterruptedException bite) {
                LOG.debug("Interrupted while the watchdog ends", bite);
            }
        }
    }

    /** Who wants to see a test that takes long before anything is done about it. */
    interface Lookout {
        /** Whether there is anything to see ahead of time. */
        boolean isNeeded();

        /** A little before the statements of the test give up by themselves. */
        void ahead();

        /** It is interrupted next. */
        void late(Thread tested);
    }

    /** A test, armed and verified. */
    @FunctionalInterface
    interface Body {
        void run() throws Throwable;
    }
}

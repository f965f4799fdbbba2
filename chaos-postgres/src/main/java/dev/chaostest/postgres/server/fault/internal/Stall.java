// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fault that heals by itself when its time is over: a thread of its own waits for that. */
public final class Stall implements Injection {
    private static final Logger LOG = LoggerFactory.getLogger(Stall.class);

    private final Injection fault;
    private final CompletableFuture<Void> timer;
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;

    private Stall(Injection fault, CompletableFuture<Void> timer, long number) {
        this.fault = fault;
        this.timer = timer;
        this.thread = new Thread(this::heal, "chaos-stall-" + number);
        thread.setDaemon(true);
    }

    /** Refuses a length that is none. */
    public static void require(Duration length) {
        if (length.isZero() || length.isNegative()) {
            throw new ChaosException("A stall must be longer than nothing, but was " + text(length)
                    + ". To freeze until you thaw, use freeze().");
        }
    }

    /** For messages. */
    public static String text(Duration length) {
        return Durations.print(length);
    }

    /** Strikes, and heals after a time of the scope's. */
    public static Injection begin(ActiveFaults faults, Duration length, Supplier<Injection> strike) {
        Injection fault = strike.get();
        Stall stall = new Stall(fault, faults.scope().time().timer(length), faults.nextNumber());
        stall.thread.start();
        faults.scope().own("the stall", stall);
        return stall;
    }

    private void heal() {
        timer.exceptionally(cancelled -> null).join();
        try {
            fault.close();
        } catch (RuntimeException e) {
            LOG.debug("A stall could not be healed", e);
            failure = e;
        }
    }

    @Override
    public boolean isActive() {
        return fault.isActive();
    }

    /** Heals now, if it is not over. */
    @Override
    public void close() {
        timer.complete(null);
        boolean interrupted = false;
        try {
            interrupted = joined();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
        if (thread.isAlive()) {
            throw new ChaosException("\"" + fault + "\" must be over within " + 2 * Until.DEADLINE.toSeconds()
                    + " s of its close, but is not. Close the server.");
        }
    }

    private boolean joined() {
        boolean interrupted = false;
        long end = System.nanoTime() + 2 * Until.DEADLINE.toNanos();
        while (thread.isAlive() && System.nanoTime() - end < 0) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    @Override
    public String toString() {
        return fault.toString();
    }
}

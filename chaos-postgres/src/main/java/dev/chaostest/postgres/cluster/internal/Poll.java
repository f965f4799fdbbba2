// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Asks again and again, a millisecond apart, for at most half a minute. */
public final class Poll {
    /** How long is asked. */
    public static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private Poll() {}

    /**
     * Waits until it is so.
     *
     * @param must what is waited for: {@code Standby "node_2" must stream}
     * @param instead what is found when it does not come: {@code the primary shows it as catchup}
     * @param advice what to do
     * @throws ChaosException if it does not come in time, or the thread is interrupted; its flag stays set
     */
    public static void until(String must, BooleanSupplier isSo, Supplier<String> instead, String advice) {
        until(DEADLINE, must, isSo, instead, advice);
    }

    /** The same, with another deadline. */
    public static void until(
            Duration deadline, String must, BooleanSupplier isSo, Supplier<String> instead, String advice) {
        long end = System.nanoTime() + deadline.toNanos();
        while (!isSo.getAsBoolean()) {
            if (Thread.currentThread().isInterrupted()) {
                throw new ChaosException(must + ", but the thread that waits for it was interrupted. " + advice);
            }
            if (System.nanoTime() - end > 0) {
                throw new ChaosException(must + " within " + Durations.print(deadline) + ", but " + instead.get() + ". "
                        + advice);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}

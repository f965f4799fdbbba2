// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks the server or the machine again, every millisecond, until the answer is yes. Who calls has no interrupt pending. */
final class Until {
    /** Less than what a scope gives whoever it closes. */
    static final Duration DEADLINE = Duration.ofSeconds(25);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /** What may fail while it is not yet so. */
    @FunctionalInterface
    interface Question {
        boolean ask() throws Exception;
    }

    private Until() {}

    /**
     * Returns when the answer is yes. A question that throws counts as no.
     *
     * @param what a sentence's beginning: {@code Backend 12 must stand still}
     * @param otherwise what to do, as the end of the message
     * @throws ChaosException if it is not so in time; the last failure is its cause
     */
    static void yes(String what, String otherwise, Question question) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        Exception last = null;
        while (System.nanoTime() - end < 0) {
            try {
                if (question.ask()) {
                    return;
                }
                last = null;
            } catch (ChaosException decided) {
                throw decided;
            } catch (Exception notYet) {
                last = notYet;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw late(what, otherwise, last);
    }

    private static ChaosException late(String what, String otherwise, @Nullable Exception last) {
        return new ChaosException(
                what + " within " + DEADLINE.toSeconds() + " s, but " + (last == null ? "did not" : "failed: " + last)
                        + ". " + otherwise,
                last);
    }
}

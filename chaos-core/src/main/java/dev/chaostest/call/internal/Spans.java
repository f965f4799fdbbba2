// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Length;
import java.time.Duration;

/** What spans and counts must be. */
public final class Spans {

    private Spans() {}

    /**
     * Refuses a span of no time, and one that no test has.
     *
     * @throws IllegalArgumentException if it is not positive, or longer than a day
     */
    public static Duration requirePositive(String what, Duration span) {
        if (span.isNegative() || span.isZero() || span.compareTo(Length.LIMIT) > 0) {
            throw new IllegalArgumentException(what + " must be longer than zero and at most a day, but was " + span
                    + ". Write for example Duration.ofSeconds(5).");
        }
        return span;
    }

    /**
     * Refuses a count of nothing.
     *
     * @throws IllegalArgumentException if it is below 1
     */
    public static long requirePositive(String what, long count) {
        if (count < 1) {
            throw new IllegalArgumentException(
                    what + " must be 1 or more, but was " + count + ". Calls are counted from 1.");
        }
        return count;
    }
}

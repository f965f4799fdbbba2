// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Length;
import java.time.Duration;

/** Checks what users hand in, before anything is touched. */
final class Checks {

    private Checks() {}

    static void requireName(String what, String name, String example) {
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    what + " must have a name, but it was blank. Use for example \"" + example + "\".");
        }
    }

    static <V extends Victim> V requireNamed(V victim) {
        requireName("a victim", victim.name(), "bank");
        requireSpan("within", victim.within());
        return victim;
    }

    static Level requireNamed(Level level) {
        requireName("a level", level.name(), "latency");
        return level;
    }

    static Duration requireSpan(String what, Duration span) {
        if (span.isZero() || span.isNegative() || span.compareTo(Length.LIMIT) > 0) {
            throw new IllegalArgumentException(what + " must be longer than zero and at most a day, but was "
                    + print(span) + ". Write for example Duration.ofSeconds(5).");
        }
        return span;
    }

    static Duration requireDelay(Duration delay) {
        if (delay.isNegative() || delay.compareTo(Length.LIMIT) > 0) {
            throw new IllegalArgumentException("a delay must not be negative and at most a day, but was " + print(delay)
                    + ". To begin at once, leave it out.");
        }
        return delay;
    }

    static int requireTimes(int times) {
        if (times < 1) {
            throw new IllegalArgumentException("times must be at least 1, but was " + times
                    + ". To go on until the schedule is closed, leave it out.");
        }
        return times;
    }

    private static String print(Duration span) {
        return span.isNegative() || span.compareTo(Length.LIMIT) > 0 ? span.toString() : Durations.print(span);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.TimeSource;
import java.time.Duration;

/**
 * How often, on which time and on whose thread is looked.
 *
 * @param first the pause after the first look; each later one is twice as long
 * @param most the longest pause
 * @param here whether the caller's own thread looks
 */
record Pace(Duration first, Duration most, TimeSource time, boolean here) {

    Pace {
        if (first.isZero() || first.isNegative() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("The pause between two looks must be positive and not shrink, but was "
                    + first + " at first and at most " + most + ". Use for example every(Duration.ofMillis(50)).");
        }
    }

    static Pace ofDefaults() {
        Duration pause = Duration.ofMillis(50);
        return new Pace(pause, pause, TimeSource.system(), false);
    }

    Pace every(Duration from, Duration to) {
        return new Pace(from, to, time, here);
    }

    Pace on(TimeSource other) {
        return new Pace(first, most, other, here);
    }

    Pace onThisThread() {
        return new Pace(first, most, time, true);
    }

    Duration after(Duration pause) {
        return most.minus(pause).compareTo(pause) > 0 ? pause.multipliedBy(2) : most;
    }

    static void requireDeadline(Duration within) {
        if (within.isNegative()) {
            throw new IllegalArgumentException(
                    "The time to wait must not be negative, but was " + within + ". Use Duration.ZERO to look once.");
        }
    }
}

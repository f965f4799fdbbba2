// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Words of this package's messages. */
final class Texts {

    private static final int LENGTH_MAX = 300;
    private static final int FRAMES_SHOWN = 20;

    private Texts() {}

    /** Any value on one line, of a bounded length; never throws, since what can't be printed must not hide a verdict. */
    static String of(@Nullable Object value) {
        String text;
        try {
            text = String.valueOf(value).strip().replaceAll("\\s+", " ");
        } catch (RuntimeException | StackOverflowError e) { // what refers to itself prints without end
            text = "a value that can't be printed: " + e.getClass().getSimpleName();
        }
        return text.length() <= LENGTH_MAX ? text : text.substring(0, LENGTH_MAX) + "...";
    }

    static String line(String kind, String text) {
        return String.format("\n  %-8s : %s", kind, text);
    }

    static String times(long n, String noun) {
        return Amount.of(n, noun);
    }

    static String stack(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .limit(FRAMES_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
    }

    /** The flag must be set again by whoever throws it. */
    static ChaosException interrupted(String what, Duration after) {
        return new ChaosException(
                "The wait for " + what.replaceFirst("^The ", "the ") + " must not be interrupted, but was after "
                        + Durations.print(after) + ". See who interrupts; the thread's interrupt flag is set.");
    }
}

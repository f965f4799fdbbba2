// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as users write them: {@code 250ms}, {@code 1.5s}, {@code 5m}.
 *
 * <p>Units: {@code us}, {@code ms}, {@code s}, {@code m}, {@code h}.
 *
 * @since 0.1
 */
public final class Durations {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)\\s*(us|ms|s|m|h)");
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000_000_000;

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @param what the thing it belongs to, for the message: an attribute or a setting
     * @throws ChaosException if the text is not a duration
     */
    public static Duration parse(String what, String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new ChaosException(what + " must be a number and a unit (us, ms, s, m or h), but was \"" + text
                    + "\". Write for example \"250ms\".");
        }
        return Duration.ofNanos(Math.round(Double.parseDouble(matcher.group(1)) * unit(matcher.group(2))));
    }

    private static double unit(String name) {
        return switch (name) {
            case "us" -> MICRO;
            case "ms" -> MILLI;
            case "s" -> SECOND;
            case "m" -> 60.0 * SECOND;
            default -> 3600.0 * SECOND;
        };
    }

    /** Writes a duration in the largest unit that shows it well. */
    public static String print(Duration duration) {
        long nanos = TimeUnit.NANOSECONDS.convert(duration); // 292 years are as good as for ever
        if (nanos < MILLI) {
            return number(nanos, MICRO) + "us";
        }
        return nanos < SECOND ? number(nanos, MILLI) + "ms" : number(nanos, SECOND) + "s";
    }

    private static String number(long nanos, long unit) {
        return nanos % unit == 0
                ? Long.toString(nanos / unit)
                : String.format(Locale.ROOT, "%.3f", (double) nanos / unit).replaceAll("\\.?0+$", "");
    }
}

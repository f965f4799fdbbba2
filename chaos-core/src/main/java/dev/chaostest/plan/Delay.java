// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;
import java.util.Objects;

/**
 * Makes an answer late.
 *
 * <p>The caller waits as it would for a slow peer: its own time-outs apply, and closing, interrupting or the end of the
 * scope frees it at once. Nothing else changes: the operation has its effect and its result.
 *
 * <p>The length is drawn uniformly from the given range, from the seed; a range of one value needs no draw.
 *
 * <pre>{@code
 * Rule slow = Rule.of(Target.seam("sql"), Trigger.always(), Delay.of(Duration.ofMillis(250)));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param shortest the least wait, not negative
 * @param longest the greatest wait, at least the shortest, positive, at most a day
 * @param strikes before the operation is sent on, or before its answer is
 * @since 0.1
 */
public record Delay(Duration shortest, Duration longest, When strikes) implements Fault {

    private static final Duration LIMIT = Duration.ofDays(1);

    public Delay {
        Objects.requireNonNull(strikes, "strikes");
        if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
            throw new IllegalArgumentException("delay must run from a shortest to a longest wait, but was from "
                    + shortest + " to " + longest + ". Give the smaller duration first.");
        }
        if (longest.isZero() || longest.compareTo(LIMIT) > 0) {
            throw new IllegalArgumentException("delay must be longer than zero and at most a day, but was " + longest
                    + ". To inject no delay, remove the fault.");
        }
    }

    /** A fixed wait before the operation. */
    public static Delay of(Duration length) {
        return new Delay(length, length, When.BEFORE);
    }

    /** The wait for a draw in [0, 1). */
    public Duration length(double draw) {
        long range = longest.minus(shortest).toNanos();
        return shortest.plusNanos((long) (range * draw));
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public String toString() {
        String length = shortest.equals(longest)
                ? Durations.print(longest)
                : Durations.print(shortest) + " to " + Durations.print(longest);
        return "delay of " + length + (strikes == When.BEFORE ? " before" : " after") + " the effect";
    }
}

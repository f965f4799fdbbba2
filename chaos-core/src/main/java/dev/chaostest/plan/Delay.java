// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Makes an answer late.
 *
 * <p>The caller waits as it would for a slow peer: its own time-outs apply, and closing, cancelling, interrupting or the
 * end of the scope frees it at once. Nothing else changes: the operation has its effect and its result.
 *
 * <p>The length is fixed, or drawn from the seed: uniformly, normally or log-normally.
 *
 * <pre>{@code
 * Rule slow = Rule.of(Target.seam("sql"), Trigger.always(), Delay.of(Duration.ofMillis(250)));
 * Length uneven = Length.logNormal(Duration.ofMillis(20), Duration.ofMillis(500));
 * Rule real = Rule.of(Target.seam("sql"), Trigger.always(), new Delay(uneven, When.AFTER));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param length how long
 * @param strikes before the operation is sent on, or before its answer is
 * @param moment what it is before or after, as its text tells it
 * @since 0.1
 */
public record Delay(Length length, When strikes, Moment moment) implements Fault {

    private static final Duration SHORTEST = Duration.ofMillis(2);

    public Delay {
        Objects.requireNonNull(length, "length");
        Objects.requireNonNull(strikes, "strikes");
        Objects.requireNonNull(moment, "moment");
    }

    /** At an operation. */
    public Delay(Length length, When strikes) {
        this(length, strikes, Moment.EFFECT);
    }

    /** Any length between the two is as likely. */
    public Delay(Duration shortest, Duration longest, When strikes) {
        this(Length.uniform(shortest, longest), strikes);
    }

    /** A fixed wait before the operation. */
    public static Delay of(Duration length) {
        return new Delay(Length.fixed(length), When.BEFORE);
    }

    /** The wait for a draw in [0, 1). */
    public Duration length(double draw) {
        return length.at(draw);
    }

    @Override
    public Fault at(Moment other) {
        return new Delay(length, strikes, other);
    }

    @Override
    public boolean isDrawn() {
        return !length.at(0).equals(length.longest());
    }

    /** Down to a millisecond: less is as good as none. */
    @Override
    public Optional<Fault> halved() {
        return length.longest().compareTo(SHORTEST) < 0
                ? Optional.empty()
                : Optional.of(new Delay(length.halved(), strikes, moment));
    }

    @Override
    public boolean endsTheCall() {
        return false;
    }

    @Override
    public String toString() {
        return "delay of " + length + " " + moment.told(strikes);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * How long to wait before each retry.
 *
 * <p>The first retry waits the base, each later one the factor times as long, none longer than the cap; of that,
 * {@link Jitter} leaves a part to chance. Retries are counted from 1: the second attempt is the first retry.
 *
 * <pre>{@code
 * Backoff backoff = Backoff.exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(5)).withJitter(Jitter.EQUAL);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param base not negative, at most a day
 * @param factor 1 to 1000
 * @param cap at least the base, at most a day
 * @param jitter which part is left to chance
 * @since 0.1
 */
public record Backoff(Duration base, double factor, Duration cap, Jitter jitter) {

    private static final Duration LIMIT = Duration.ofDays(1);
    private static final double FACTOR_MAX = 1_000;
    private static final double SPREAD = 3;

    public Backoff {
        if (base.isNegative()) {
            throw new IllegalArgumentException("the base of a back-off must not be negative, but was " + base
                    + ". Use Duration.ZERO to retry at once.");
        }
        if (!(factor >= 1 && factor <= FACTOR_MAX)) {
            throw new IllegalArgumentException("the factor of a back-off must be 1 to 1000, but was " + factor
                    + ". Use 2 to double it each time, 1 to keep it.");
        }
        if (cap.compareTo(base) < 0 || cap.compareTo(LIMIT) > 0) {
            throw new IllegalArgumentException(
                    "the cap of a back-off must be at least its base and at most a day, but was " + cap
                            + " with a base of " + base + ". Give the longest wait that a caller can bear.");
        }
        Objects.requireNonNull(jitter, "jitter");
    }

    /** Always the same pause; zero retries at once. */
    public static Backoff fixed(Duration pause) {
        return new Backoff(pause, 1, pause, Jitter.NONE);
    }

    /** Grows by the factor up to the cap; without jitter. */
    public static Backoff exponential(Duration base, double factor, Duration cap) {
        return new Backoff(base, factor, cap, Jitter.NONE);
    }

    /** From nothing to a limit that doubles each time, up to the cap. */
    public static Backoff fullJitter(Duration base, Duration cap) {
        return new Backoff(base, 2, cap, Jitter.FULL);
    }

    /** As this one, with another part left to chance. */
    public Backoff withJitter(Jitter other) {
        return new Backoff(base, factor, cap, other);
    }

    /** The shortest wait before the n-th retry. */
    public Duration shortest(int retry) {
        return switch (jitter) {
            case NONE -> grown(retry);
            case FULL -> Duration.ZERO;
            case EQUAL -> grown(retry).dividedBy(2);
            case DECORRELATED -> base;
        };
    }

    /** The longest wait before the n-th retry. */
    public Duration longest(int retry) {
        return switch (jitter) {
            case NONE, FULL, EQUAL -> grown(retry);
            case DECORRELATED -> capped(base.toNanos() * StrictMath.pow(SPREAD, retry));
        };
    }

    /**
     * The wait before the n-th retry.
     *
     * @param retry from 1
     * @param last the wait before the retry before; the base if there was none
     * @param draw in [0, 1): the same draw gives the same wait
     */
    Duration delay(int retry, Duration last, double draw) {
        Duration from = shortest(retry);
        Duration to = jitter == Jitter.DECORRELATED ? capped(last.toNanos() * SPREAD) : longest(retry);
        return from.plusNanos((long) (to.minus(from).toNanos() * draw));
    }

    private Duration grown(int retry) {
        if (retry < 1) {
            throw new IllegalArgumentException(
                    "retries must be counted from 1, but it was " + retry + ". The first attempt is no retry.");
        }
        return capped(base.toNanos() * StrictMath.pow(factor, retry - 1));
    }

    private Duration capped(double nanos) {
        return nanos >= cap.toNanos() ? cap : Duration.ofNanos((long) nanos);
    }

    @Override
    public String toString() {
        String grows = factor == 1 || base.equals(cap)
                ? Durations.print(base)
                : Durations.print(base) + " x " + factor + " up to " + Durations.print(cap);
        return jitter == Jitter.NONE ? grows : grows + " with " + jitter.name().toLowerCase(Locale.ROOT) + " jitter";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.Failure;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Fails what exceeds a limit. That a limit was never exceeded is a fault that never struck.
 *
 * @param limit what gets through
 * @param failure what is thrown at the rest, from when it may come again
 */
public record Limited(Limit limit, Function<Duration, ? extends Throwable> failure) implements Behavior {

    public Limited {
        Objects.requireNonNull(failure, "failure");
    }

    @Override
    public Course course() {
        Limit.Gate gate = limit.gate();
        return occasion -> {
            Duration after = gate.retryAfter(occasion.elapsed().toNanos());
            return after.isZero() ? List.of() : List.of(exceeded(after));
        };
    }

    private Failure exceeded(Duration after) {
        return new Failure(
                "rate limit exceeded, retry after " + Durations.print(after), () -> failure.apply(after), When.BEFORE);
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public long mustStrike(long due) {
        return Math.min(1, due);
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public String toString() {
        return "rate limit of " + limit;
    }
}

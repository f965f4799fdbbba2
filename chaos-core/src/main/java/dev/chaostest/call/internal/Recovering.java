// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.Failure;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.List;

/**
 * Fails less and less.
 *
 * @param failure what strikes
 * @param length after how many calls, or nanoseconds, it does not any more
 * @param isTimed whether they are nanoseconds
 */
public record Recovering(Failure failure, long length, boolean isTimed) implements Behavior {

    /** Over a span of time. */
    public static Recovering within(Duration span, Failure failure) {
        return new Recovering(
                failure, Spans.requirePositive("the span of a phase", span).toNanos(), true);
    }

    /** Over so many calls. */
    public static Recovering within(long calls, Failure failure) {
        return new Recovering(failure, Spans.requirePositive("the number of calls of a phase", calls), false);
    }

    @Override
    public Course course() {
        return occasion -> occasion.draw(Turn.OWN) < passed(occasion) / (double) length ? List.of() : List.of(failure);
    }

    private long passed(Trigger.Occasion occasion) {
        return isTimed ? occasion.elapsed().toNanos() : occasion.nth() - 1;
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public boolean isCounted() {
        return !isTimed;
    }

    @Override
    public String toString() {
        return "less and less " + failure;
    }
}

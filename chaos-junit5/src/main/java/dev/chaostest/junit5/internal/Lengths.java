// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Length;
import java.time.Duration;

/** The attributes that say how long, as they stand on each delay's annotation; empty ones are not set. */
public record Lengths(String value, String deviation, String p99, String min, String max) {

    private static final Duration LONGEST_BY_DEFAULT = Duration.ofMillis(100);

    /** The length; refuses what contradicts itself. */
    public Length length() {
        if (value.isEmpty()) {
            return between();
        }
        if (!max.isEmpty() || !min.equals("0ms")) {
            throw new ChaosException(
                    "the length must be given by value, or by min and max, but both are set. Remove one of them.");
        }
        if (!deviation.isEmpty() && !p99.isEmpty()) {
            throw new ChaosException("only one of deviation and p99 must be set, but both are. Remove one of them.");
        }
        Duration length = Durations.parse("value", value);
        if (!deviation.isEmpty()) {
            return Length.normal(length, Durations.parse("deviation", deviation));
        }
        return p99.isEmpty() ? Length.fixed(length) : Length.logNormal(length, Durations.parse("p99", p99));
    }

    private Length between() {
        if (!deviation.isEmpty() || !p99.isEmpty()) {
            throw new ChaosException("deviation and p99 must go with value, but that is not set. "
                    + "Set value to the mean or the median.");
        }
        Duration longest = max.isEmpty() ? LONGEST_BY_DEFAULT : Durations.parse("max", max);
        return Length.uniform(Durations.parse("min", min), longest);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;

/**
 * How much a sweep may take. What it leaves out then, its verdict says.
 *
 * @param maxRounds how many variants at most, 1 or more; clean rounds, and those that are run once more, don't count
 * @param maxTime after which no further round begins
 * @since 0.1
 */
public record Budget(int maxRounds, Duration maxTime) {

    /**
     * @throws ChaosException if there is no room for one round
     */
    public Budget {
        if (maxRounds < 1) {
            throw new ChaosException(
                    "maxRounds must be 1 or more, but was " + maxRounds + ". To leave the sweep out, use @Disabled.");
        }
        if (maxTime.isZero() || maxTime.isNegative()) {
            throw new ChaosException("maxTime must be positive, but was " + Durations.print(maxTime)
                    + ". To leave the sweep out, use @Disabled.");
        }
    }

    /** 1,000 rounds within five minutes. */
    public static Budget ofDefaults() {
        return new Budget(1_000, Duration.ofMinutes(5));
    }
}

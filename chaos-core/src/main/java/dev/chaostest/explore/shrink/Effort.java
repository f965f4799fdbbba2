// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;

/**
 * How much shrinking may take, and what it must have seen to believe that something is red.
 *
 * <p>A candidate is believed when {@code red} of {@code of} runs are red; as soon as that is decided, no further run is
 * asked for. The default is 2 of 2: a candidate that is green once costs one run and is dropped, and none is kept that was
 * red once by chance. Where a test is red only now and then, that keeps more faults than are needed, but never the wrong
 * ones.
 *
 * @param maxRuns how many runs at most, 1 or more
 * @param maxTime after which no further run begins
 * @param red how many runs must be red, 1 or more
 * @param of of how many, at least as many
 * @since 0.1
 */
public record Effort(int maxRuns, Duration maxTime, int red, int of) {

    /**
     * @throws ChaosException if there is no room for one run
     */
    public Effort {
        if (maxRuns < 1 || maxTime.isZero() || maxTime.isNegative()) {
            throw new ChaosException("Shrinking must have 1 run or more and some time, but has " + maxRuns + " and "
                    + Durations.print(maxTime) + ". To leave it out, don't shrink.");
        }
        if (red < 1 || of < red) {
            throw new ChaosException("Shrinking must be told how many runs of how many must be red, but was told " + red
                    + " of " + of + ". Write for example 2 of 3.");
        }
    }

    /** Fifty runs within a minute; red is what is red 2 times of 2. */
    public static Effort ofDefaults() {
        return new Effort(50, Duration.ofMinutes(1), 2, 2);
    }

    /** As this, with another number of runs. */
    public Effort withMaxRuns(int runs) {
        return new Effort(runs, maxTime, red, of);
    }
}

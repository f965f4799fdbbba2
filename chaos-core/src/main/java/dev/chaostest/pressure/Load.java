// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;

/** What is taken, and how. */
interface Load {

    /** What was asked for, in words. */
    String what();

    /** Refuses what would do harm; touches nothing. */
    void requireRoom();

    /**
     * Takes it.
     *
     * @throws ChaosException if it can't be had; {@link #release} follows
     */
    void put(Duration deadline);

    /** How much {@link #put} must have reached. */
    long required();

    /** How much is taken now. */
    long reached();

    /** An amount, with its unit. */
    String print(long amount);

    /** Gives everything back; quick, waits for nothing, twice is harmless. */
    void release();

    /**
     * Waits until nothing is left.
     *
     * @throws ChaosException if something is
     */
    void requireGone(Duration deadline);
}

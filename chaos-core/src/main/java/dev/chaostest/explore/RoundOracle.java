// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.util.List;

/**
 * Says whether what a round has left is right.
 *
 * <p>Asked in the order in which oracles were registered, on the thread of the test.
 *
 * @since 0.1
 */
public interface RoundOracle {

    /**
     * Looks at what is there before the test method, behind everything that sets it up. Nothing is armed yet.
     *
     * @param turn what is about to run
     */
    default void begins(Turn turn) {}

    /** Judges what there is once the test method is through and everything is healed; also where that has failed already. */
    Judgement judge(Ended round);

    /** What it can't look at in this sweep, and why, so that a verdict does not promise more than was done; most often nothing. */
    default List<String> limits() {
        return List.of();
    }
}

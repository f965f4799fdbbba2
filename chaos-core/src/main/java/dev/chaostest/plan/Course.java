// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;

/**
 * What a fault does from hit to hit: the same every time for most, for some another thing, or nothing.
 *
 * <p>Has the state of one counter: the whole scope, one lane or one key ({@link Rule.Counting}). It is asked under the
 * lock of its rule, so it must be quick, must not wait, and need not be safe for use by many threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Course {

    /** What strikes at this hit, in order; nothing if the list is empty. Each hit is asked about once, in order. */
    List<Fault> next(Trigger.Occasion occasion);

    /**
     * Whether it could strike at any of the hits that it was asked about. Where not, its lane or key is not held to the
     * word of the rule: a fault that treats keys differently may have nothing for this one.
     */
    default boolean canStrike() {
        return true;
    }
}

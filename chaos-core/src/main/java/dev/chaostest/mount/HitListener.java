// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Site;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Hears of each hit of a round, on the thread that arrives.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface HitListener {

    /**
     * Something arrives, and is decided about next. Must be quick; whatever this throws goes to the caller.
     *
     * @param hit where, on which lane, the how many-th there
     * @param detail what the seam knows beyond that; not to be kept
     * @param text what was really asked for; may hold values of the test
     * @param machinery packages between the code under test and the seam, for {@link Callers#nearest}
     */
    void hit(Hit hit, Detail detail, Supplier<String> text, Set<String> machinery);

    /**
     * Whether a seam is to ask here though no rule is about it, where asking costs something: at single messages of a protocol,
     * say. Default: no.
     */
    default boolean wants(Site site) {
        return false;
    }
}

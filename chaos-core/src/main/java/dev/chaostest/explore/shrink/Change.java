// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import java.util.List;

/**
 * What could stand in place of one fault and be simpler: a shorter delay, an earlier hit.
 *
 * @param <F> what stands for a fault; its {@code equals} says whether two are the same
 * @since 0.1
 */
@FunctionalInterface
public interface Change<F> {

    /** Simpler ones, the boldest first; none if there is nothing to gain. Asked again of each that was found red. */
    List<F> simpler(F fault);
}

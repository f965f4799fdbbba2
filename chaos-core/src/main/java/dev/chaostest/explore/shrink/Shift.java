// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import java.util.List;

/**
 * Says where faults would have to strike when others are left out: who is not failed does not try again, so what comes later
 * comes earlier.
 *
 * @param <F> what stands for a fault; its {@code equals} says whether two are the same
 * @since 0.1
 */
@FunctionalInterface
public interface Shift<F> {

    /**
     * Other forms of what is kept, to be tried behind the one with all of them where they were.
     *
     * @param before the faults with which it was red
     * @param kept some of them, in order
     */
    List<List<F>> forms(List<F> before, List<F> kept);
}

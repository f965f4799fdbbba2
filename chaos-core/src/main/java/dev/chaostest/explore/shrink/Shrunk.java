// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore.shrink;

import java.util.List;

/**
 * What shrinking came to.
 *
 * @param before how many faults there were
 * @param faults those with which it is still red; none if it is red without any
 * @param runs how many runs it took
 * @param isCutShort whether the effort was spent before all was tried
 * @param <F> what stands for a fault
 * @since 0.1
 */
public record Shrunk<F>(int before, List<F> faults, int runs, boolean isCutShort) {

    public Shrunk {
        faults = List.copyOf(faults);
    }

    /** In words: {@code 12 faults to 1 in 9 runs}. */
    @Override
    public String toString() {
        return before + (before == 1 ? " fault" : " faults") + " to " + (faults.isEmpty() ? "none" : faults.size())
                + " in " + runs + (runs == 1 ? " run" : " runs")
                + (faults.isEmpty() ? ": it is red without any" : "")
                + (isCutShort ? ", which is all that was allowed" : "");
    }
}

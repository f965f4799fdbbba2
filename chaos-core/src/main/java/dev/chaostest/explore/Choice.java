// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of the possible variants a sweep tries.
 *
 * @param faults the {@linkplain Candidate#name names} of the faults; empty for all that are tried
 *     unasked
 * @param only the {@linkplain Variant#id ids} of the only ones to be tried, as when one is replayed; empty for all
 * @param first the ids of those that come before the others, as when they were red the last time
 * @since 0.1
 */
public record Choice(Set<String> faults, Set<Integer> only, Set<Integer> first) {

    public Choice {
        faults = Set.copyOf(faults);
        only = Set.copyOf(only);
        first = Set.copyOf(first);
    }

    /** All of them, in the order in which the test meets their points. */
    public static Choice all() {
        return new Choice(Set.of(), Set.of(), Set.of());
    }

    boolean isOf(Candidate candidate) {
        return faults.isEmpty() ? !candidate.onlyNamed() : faults.contains(candidate.name());
    }

    /**
     * Refuses a name that no catalogue has.
     *
     * @throws ChaosException with the nearest that there is
     */
    void requireKnown(Collection<? extends Catalogue> catalogues) {
        Set<String> known = new TreeSet<>();
        catalogues.forEach(each -> known.addAll(each.names()));
        for (String name : new TreeSet<>(faults)) {
            if (!known.contains(name)) {
                throw new ChaosException("faults of a sweep must be some of " + known + ", but \"" + name
                        + "\" is none. " + "Did you mean \"" + Nearest.of(name, known) + "\"?");
            }
        }
    }
}

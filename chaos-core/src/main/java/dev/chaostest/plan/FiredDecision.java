// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;

/**
 * Says where one rule struck, and what it did there.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param rule the place of the rule among those of the scope, from 0
 * @param hit where, on which lane, the how many-th
 * @param faults what it did there
 * @since 0.1
 */
public record FiredDecision(int rule, Hit hit, List<Fault> faults) {

    public FiredDecision {
        faults = List.copyOf(faults);
    }

    /** The same in numbers, for a {@link Script}. */
    public FiredAt at() {
        return FiredAt.of(rule, hit);
    }

    /** Whether what it did has a length that can be halved. */
    public boolean canBeShorter() {
        return faults.stream().anyMatch(fault -> fault.halved().isPresent());
    }
}

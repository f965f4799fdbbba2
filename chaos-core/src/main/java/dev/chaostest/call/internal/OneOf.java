// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.plan.Fault;
import java.util.List;

/** At each hit one of several. It must strike each time if all of them do, else once if one of them must. */
interface OneOf extends Behavior {

    /** What may happen. */
    List<Fault> alternatives();

    @Override
    default boolean canStrike() {
        return alternatives().stream().anyMatch(Fault::canStrike);
    }

    @Override
    default boolean isCertain() {
        return alternatives().stream().allMatch(fault -> fault.canStrike() && fault.isCertain());
    }

    @Override
    default long mustStrike(long due) {
        return isCertain()
                ? due
                : Math.min(
                        1,
                        alternatives().stream()
                                .filter(Fault::canStrike)
                                .mapToLong(fault -> fault.mustStrike(due))
                                .max()
                                .orElse(0));
    }

    @Override
    default boolean isCounted() {
        return alternatives().stream().anyMatch(Fault::isCounted);
    }

    @Override
    default boolean isTimed() {
        return alternatives().stream().anyMatch(Fault::isTimed);
    }
}

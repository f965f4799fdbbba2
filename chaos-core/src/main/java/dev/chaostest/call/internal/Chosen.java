// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Hands each hit to one of the parts.
 *
 * @param parts all of them
 * @param choice says which
 */
record Chosen(Collection<Part> parts, Function<Trigger.Occasion, Part> choice) implements Course {

    @Override
    public List<Fault> next(Trigger.Occasion occasion) {
        return choice.apply(occasion).next(occasion);
    }

    /** A part whose turn has not come might have struck, if it had. */
    @Override
    public boolean canStrike() {
        return parts.stream().anyMatch(Part::canStrike);
    }
}

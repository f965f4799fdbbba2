// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.List;
import java.util.function.Function;

/** Hands each hit to one of the parts. */
final class Chosen implements Course {

    private final Function<Trigger.Occasion, Part> choice;
    private boolean canStrike;

    Chosen(Function<Trigger.Occasion, Part> choice) {
        this.choice = choice;
    }

    @Override
    public List<Fault> next(Trigger.Occasion occasion) {
        Part part = choice.apply(occasion);
        List<Fault> faults = part.next(occasion);
        canStrike |= part.couldStrike();
        return faults;
    }

    @Override
    public boolean canStrike() {
        return canStrike;
    }
}

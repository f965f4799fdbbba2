// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.List;
import java.util.function.Function;

/** Hands each hit to one of the parts. */
record Chosen(Function<Trigger.Occasion, Part> choice) implements Course {

    @Override
    public List<Fault> next(Trigger.Occasion occasion) {
        return choice.apply(occasion).next(occasion);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import java.util.List;

/**
 * One after the other.
 *
 * @param steps what happens at the first hit, the second ...
 * @param cycles whether the first follows the last again; else the last stays
 */
public record Steps(List<Fault> steps, boolean cycles) implements OneOf {

    public Steps {
        steps = List.copyOf(steps);
        if (steps.isEmpty()) {
            throw new IllegalArgumentException(
                    "a sequence must have a step, but has none. Say at least what happens at the first call.");
        }
        steps.forEach(step -> Carried.require("a step of a sequence", step));
    }

    @Override
    public List<Fault> alternatives() {
        return steps;
    }

    @Override
    public Course course() {
        List<Part> parts = steps.stream().map(Part::new).toList();
        return new Chosen(parts, occasion -> parts.get(index(occasion.nth() - 1)));
    }

    private int index(long before) {
        return (int) (cycles ? before % steps.size() : Math.min(before, steps.size() - 1));
    }

    @Override
    public boolean isCounted() {
        return steps.size() > 1 || OneOf.super.isCounted();
    }

    @Override
    public String toString() {
        return "in sequence " + steps + (cycles ? ", over and over" : ", then the last again");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.List;

/** At those hits that a trigger picks. It draws for itself: the trigger of the rule must not decide what its fault does. */
public record Sometimes(Fault fault, Trigger trigger) implements OneOf {

    public Sometimes {
        Carried.require("what happens sometimes", fault);
    }

    @Override
    public List<Fault> alternatives() {
        return List.of(fault);
    }

    @Override
    public Course course() {
        Part part = new Part(fault);
        return new Course() {
            private long struck;

            @Override
            public List<Fault> next(Trigger.Occasion occasion) {
                Turn own = new Turn(occasion, occasion.nth(), struck, occasion.elapsed(), Turn.OWN);
                List<Fault> faults = trigger.isDue(own) ? part.next(occasion) : List.of();
                struck += faults.isEmpty() ? 0 : 1;
                return faults;
            }

            @Override
            public boolean canStrike() {
                return part.canStrike();
            }
        };
    }

    @Override
    public boolean canStrike() {
        return trigger.canStrike() && fault.canStrike();
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public long mustStrike(long due) {
        return Math.min(Math.min(1, trigger.mustStrike()), fault.mustStrike(due));
    }

    @Override
    public boolean isCounted() {
        return trigger.isCounted() || fault.isCounted();
    }

    @Override
    public boolean isTimed() {
        return trigger.isTimed() || fault.isTimed();
    }

    @Override
    public String toString() {
        return fault + ", " + trigger;
    }
}

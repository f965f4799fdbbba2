// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.ArrayList;
import java.util.List;

/** Both at the same hit. Of two that end the call, the first does. */
public record Together(Fault first, Fault second) implements OneOf {

    public Together {
        Carried.require("what comes along", second);
    }

    @Override
    public List<Fault> alternatives() {
        return List.of(first, second);
    }

    @Override
    public Course course() {
        return new Both(new Part(first, 0), new Part(second, 1));
    }

    private record Both(Part one, Part other) implements Course {
        @Override
        public List<Fault> next(Trigger.Occasion occasion) {
            List<Fault> both = new ArrayList<>(one.next(occasion));
            both.addAll(other.next(occasion));
            return both;
        }

        @Override
        public boolean canStrike() {
            return one.couldStrike() || other.couldStrike();
        }
    }

    @Override
    public boolean isCertain() {
        return alternatives().stream().anyMatch(fault -> fault.canStrike() && fault.isCertain());
    }

    @Override
    public long mustStrike(long due) {
        return Math.max(first.mustStrike(due), second.mustStrike(due));
    }

    @Override
    public String toString() {
        return "(" + first + ") with (" + second + ")";
    }
}

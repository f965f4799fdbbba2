// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A user's own. Nothing is known of it, so it is taken to count and to look at the clock, and must strike once.
 *
 * @param text what it is, the same in every run
 * @param courses makes the state of one counter
 */
public record Custom(String text, Supplier<? extends Course> courses) implements Behavior {

    public Custom {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(courses, "courses");
    }

    @Override
    public Course course() {
        Course own = courses.get();
        return new Course() {
            @Override
            public List<Fault> next(Trigger.Occasion occasion) {
                List<Fault> faults = own.next(occasion);
                faults.forEach(fault -> Carried.requireStriking("what behaviour \"" + text + "\" does", fault));
                return faults;
            }

            @Override
            public boolean canStrike() {
                return own.canStrike();
            }
        };
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public long mustStrike(long due) {
        return Math.min(1, due);
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public String toString() {
        return text;
    }
}

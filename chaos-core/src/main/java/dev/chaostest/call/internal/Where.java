// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * One of two, as a condition says.
 *
 * @param text the condition in words, the same in every run
 * @param condition asked at each hit
 * @param then what happens where it holds
 * @param otherwise what happens where it does not
 */
public record Where(String text, Predicate<Trigger.Occasion> condition, Fault then, Fault otherwise) implements OneOf {

    public Where {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(condition, "condition");
        Carried.require("what happens when " + text, then);
        Carried.require("what happens otherwise", otherwise);
    }

    @Override
    public List<Fault> alternatives() {
        return List.of(then, otherwise);
    }

    @Override
    public Course course() {
        Part yes = new Part(then);
        Part no = new Part(otherwise);
        return new Chosen(List.of(yes, no), occasion -> condition.test(occasion) ? yes : no);
    }

    @Override
    public String toString() {
        return "when " + text + " " + then + ", otherwise " + otherwise;
    }
}

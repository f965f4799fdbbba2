// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import java.time.Duration;
import java.util.List;

/** First the one, and after a span of time the other, whose clock begins then. */
public record Succession(Fault first, Duration span, Fault second) implements OneOf {

    public Succession {
        Spans.requirePositive("the span", span);
        Carried.require("what comes then", second);
    }

    @Override
    public List<Fault> alternatives() {
        return List.of(first, second);
    }

    @Override
    public Course course() {
        Part before = new Part(first);
        Part after = new Part(second);
        after.begin(span);
        return new Chosen(List.of(before, after), occasion -> occasion.elapsed().compareTo(span) < 0 ? before : after);
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public String toString() {
        return "(" + first + ") for " + Durations.print(span) + ", then (" + second + ")";
    }
}

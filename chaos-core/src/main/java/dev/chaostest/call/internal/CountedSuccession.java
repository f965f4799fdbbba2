// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import java.util.List;

/** First the one, and after some calls the other, whose clock begins with its first call. */
public record CountedSuccession(Fault first, long calls, Fault second) implements OneOf {

    public CountedSuccession {
        Spans.requirePositive("the number of calls", calls);
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
        return new Chosen(List.of(before, after), occasion -> {
            if (occasion.nth() <= calls) {
                return before;
            }
            after.begin(occasion.elapsed());
            return after;
        });
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public String toString() {
        return "(" + first + ") for " + Amount.of(calls, "call") + ", then (" + second + ")";
    }
}

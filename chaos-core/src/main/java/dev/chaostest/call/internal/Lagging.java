// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.Call;
import dev.chaostest.call.ChangedResult;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Detail;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Returns what was current some time ago, as far as calls have seen it. */
public record Lagging(Duration lag) implements Behavior {

    public Lagging {
        Spans.requirePositive("the lag", lag);
    }

    @Override
    public Course course() {
        Memory memory = new Memory(lag.toNanos());
        String text = "what it was " + Durations.print(lag) + " ago";
        return occasion -> {
            Question question = Question.of(occasion);
            long now = occasion.elapsed().toNanos();
            return List.of(new ChangedResult(text, value -> memory.recall(question, now, value)));
        };
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    @Override
    public String toString() {
        return "values stale by " + Durations.print(lag);
    }

    /** What was asked: the same method with the same arguments; where those are not known, about the same key. */
    private record Question(String site, @Nullable Object about) {

        static Question of(Trigger.Occasion occasion) {
            Detail detail = occasion.detail();
            Object about =
                    detail instanceof Call call ? new Arguments(new ArrayList<>(call.arguments())) : detail.key();
            return new Question(occasion.hit().site().name(), about);
        }
    }

    /** Equal arrays are the same: a variable number of arguments comes in another one each time. */
    private record Arguments(List<@Nullable Object> values) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Arguments arguments && isEqual(arguments);
        }

        @Override
        public int hashCode() {
            return Arrays.deepHashCode(values.toArray());
        }

        private boolean isEqual(Arguments other) {
            return Arrays.deepEquals(values.toArray(), other.values.toArray());
        }
    }
}

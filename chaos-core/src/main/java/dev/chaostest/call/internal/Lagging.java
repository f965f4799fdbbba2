// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.ChangedResult;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.List;

/** Returns what was current some time ago, as far as calls have seen it. */
public record Lagging(Duration lag) implements Behavior {

    public Lagging {
        Spans.requirePositive("the lag", lag);
    }

    @Override
    public Course course() {
        Memory memory = new Memory(lag);
        return occasion -> List.of(new ChangedResult(
                "what it was " + Durations.print(lag) + " ago", value -> memory.recall(question(occasion), now(occasion), value)));
    }

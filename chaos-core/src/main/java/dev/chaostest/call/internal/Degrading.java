// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.call.Growth;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.List;

/** Slower from call to call, up to a cap. */
public record Degrading(Duration base, Growth growth, Duration cap) implements Behavior {

    public Degrading {
        Spans.requirePositive("the latency to begin with", base);
        Spans.requirePositive("the longest latency", cap);
        if (cap.compareTo(base) < 0) {
            throw new IllegalArgumentException("the longest latency must not be shorter than that of the first call, "
                    + "but was " + cap + " with " + base + " for the first. Give a greater cap.");
        }
    }

    @Override
    public Course course() {
        return occasion -> List.of(Delay.of(latency(occasion.nth() - 1)));
    }

    /** What overflows is beyond the cap, too. */
    private Duration latency(long before) {
        double nanos = base.toNanos() * growth.factor(before);
        return nanos < cap.toNanos() ? Duration.ofNanos(Math.round(nanos)) : cap;
    }

    @Override
    public boolean isCounted() {
        return true;
    }

    @Override
    public String toString() {
        return "latency of " + Durations.print(base) + ", growing " + growth + " up to " + Durations.print(cap);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.call.Behavior;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import java.util.List;

/** Nothing happens. */
public record Healthy() implements Behavior {

    @Override
    public Course course() {
        List<Fault> nothing = List.of();
        return occasion -> nothing;
    }

    @Override
    public boolean canStrike() {
        return false;
    }

    @Override
    public boolean isCertain() {
        return false;
    }

    @Override
    public String toString() {
        return "healthy";
    }
}

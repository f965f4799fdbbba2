// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import java.util.List;

/** The same at each hit. */
public record Each(Fault fault) implements OneOf {

    public Each {
        Carried.require("what happens at each call", fault);
    }

    @Override
    public List<Fault> alternatives() {
        return List.of(fault);
    }

    @Override
    public Course course() {
        return fault.course();
    }

    @Override
    public String toString() {
        return fault.toString();
    }
}

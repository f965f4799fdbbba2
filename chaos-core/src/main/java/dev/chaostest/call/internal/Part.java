// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.List;

/** A fault within another: it counts the hits that come to it, so that what its neighbours get does not age it. */
final class Part {

    private final Fault fault;
    private final Course course;
    private final int number;
    private Duration began = Duration.ZERO;
    private long asked;
    private long struck;

    /** The only one, or one of which each hit comes to one at most. */
    Part(Fault fault) {
        this(fault, 0);
    }

    /**
     * One of several that are asked at the same hit.
     *
     * @param number its own, so that it draws independently of the others; from 0 to 15
     */
    Part(Fault fault, int number) {
        this.fault = fault;
        this.course = fault.course();
        this.number = number;
    }

    /** Has its own clock begin when that of the whole shows this, unless it has begun. */
    void begin(Duration now) {
        if (asked == 0) {
            began = now;
        }
    }

    /** What it does now. */
    List<Fault> next(Trigger.Occasion whole) {
        asked++;
        List<Fault> faults =
                course.next(new Turn(whole, asked, struck, whole.elapsed().minus(began), number));
        struck += faults.isEmpty() ? 0 : 1;
        return faults;
    }

    /** Whether it could have struck at any of the hits that came to it. */
    boolean couldStrike() {
        return asked > 0 && canStrike();
    }

    /** As {@link #couldStrike}, but what nothing came to is taken at its word. */
    boolean canStrike() {
        return fault.canStrike() && (asked == 0 || course.canStrike());
    }
}

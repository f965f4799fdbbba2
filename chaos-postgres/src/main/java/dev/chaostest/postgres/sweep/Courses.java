// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Point;
import dev.chaostest.explore.Recorded;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import java.util.HashMap;
import java.util.Map;

/**
 * Where the sessions of a round stood at each of its arrivals.
 *
 * @param before what had passed on its lane before it
 * @param isConcurrent whether several sessions did something at once
 */
record Courses(Map<Hit, Standing> before, boolean isConcurrent) {

    /**
     * Where a session stands.
     *
     * @param isInTransaction whether a transaction block is open
     * @param isSerializing whether the transaction that is open, or that a statement makes by itself, can fail with 40001
     */
    record Standing(boolean isInTransaction, boolean isSerializing) {}

    /**
     * Those of a round.
     *
     * @param serializing whether transactions are REPEATABLE READ or SERIALIZABLE where they don't say
     */
    static Courses of(Recorded round, boolean serializing) {
        return round.once(Courses.class, serializing, () -> follow(round, serializing));
    }

    private static Courses follow(Recorded round, boolean serializing) {
        Map<Hit, Standing> before = new HashMap<>();
        Map<Lane, SessionCourse> courses = new HashMap<>();
        for (Point each : round.arrivals()) {
            SessionCourse course = courses.computeIfAbsent(each.lane(), any -> new SessionCourse(serializing));
            before.put(each.hit(), new Standing(course.isInTransaction(), course.isSerializing()));
            course.passes(each);
        }
        return new Courses(before, Concurrency.isIn(round));
    }

    Standing at(Point point) {
        return before.getOrDefault(point.hit(), new Standing(false, false));
    }
}

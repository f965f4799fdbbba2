// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A place in the course of a test that a fault can hit: one arrival of the clean round.
 *
 * <p>Arrivals of a stream, such as the rows of one result, are one point with a length.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param hit where, on which lane, the how many-th there
 * @param nth the how many-th at that site over the whole round, from 1
 * @param length how many arrivals it stands for, 1 or more
 * @param isLaned whether the lane is that of a thread, so that counts over the whole round depend on scheduling
 * @param text what was really asked for; may hold values of the test
 * @param caller the frame of the code under test, as {@code Class.method:line}, behind which
 *     {@code via} names the helper's that it called; null if none is on the stack
 * @param declared exceptions that the called method declares; empty where no method is called
 * @since 0.1
 */
public record Point(
        Hit hit,
        long nth,
        long length,
        boolean isLaned,
        String text,
        @Nullable String caller,
        List<Class<?>> declared) {

    public Point {
        declared = List.copyOf(declared);
    }

    /** Where. */
    public Site site() {
        return hit.site();
    }

    /** On which stream of arrivals. */
    public Lane lane() {
        return hit.lane();
    }

    /** With its caller. */
    Point from(@Nullable String name) {
        return new Point(hit, nth, length, isLaned, text, name, declared);
    }

    /** With one arrival more. */
    Point longer() {
        return new Point(hit, nth, length + 1, isLaned, text, caller, declared);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what a round has changed with what the clean round changed. Not for use by many threads. */
public final class StateOracle {

    private static final int ROWS_SHOWN = 3;

    private @Nullable Course first;
    private Instant begun = Instant.EPOCH;
    private Unsteady unsteady = Unsteady.NONE;
    private @Nullable Changes after;
    private String off = "there was no clean round";

    /**
     * What the clean round did.
     *
     * @param course empty if it changed definitions
     */
    public void clean(Optional<Course> course, Instant from) {
        first = course.orElse(null);
        begun = from;
        off = course.isPresent() ? "there was only one clean round" : "the test changes definitions";
    }

    /**
     * What it did when it ran once more, with other ids: what differs does not count from now on.
     *
     * @param ignored columns that the test says don't count
     */
    public void cleanAgain(Optional<Course> again, Instant to, Set<String> ignored) {
        Course one = first;
        if (one == null || again.isEmpty()) {
            return;
        }
        Course two = again.get();
        unsteady = Steadiness.of(one, two, new Moment(begun, to)).ignoring(ignored);
        Changes changes = Changes.of(one.shape(), one.delta(), unsteady);
        boolean steady = changes.equals(Changes.of(two.shape(), two.delta(), unsteady));
        after = steady ? changes : null;
        off = steady ? "" : "two rounds without faults changed different rows";
    }

    /** Why nothing can be compared; empty if it can. */
    public Optional<String> whyNot() {
        return off.isEmpty() ? Optional.empty() : Optional.of(off);
    }

    /** The columns that don't count. */
    public Unsteady unsteady() {
        return unsteady;
    }

    /**
     * What is wrong.
     *
     * @param returned whether the test returned normally, so that all must be done
     * @param allOrNothing whether a part must not be done
     */
    public List<String> judge(Course course, boolean returned, boolean allOrNothing) {
        Changes expected = after;
        if (expected == null || (!returned && !allOrNothing)) {
            return List.of();
        }
        Changes found = Changes.of(course.shape(), course.delta(), unsteady);
        if (found.equals(expected) || (!returned && found.isEmpty())) {
            return List.of();
        }
        List<String> lines = new ArrayList<>();
        lines.add("state    : "
                + (returned
                        ? "expected all that the clean round changed, since the test returned normally, found "
                        : "expected all or nothing of what the clean round changed, found ")
                + (found.isEmpty() ? "nothing changed" : described(found, expected)));
        List<Changes.Line> missing = expected.without(found);
        List<Changes.Line> done = new ArrayList<>(expected.lines());
        missing.forEach(done::remove);
        show(lines, "done     : ", done);
        show(lines, "missing  : ", missing);
        show(lines, "besides  : ", found.without(expected));
        return lines;
    }

    /** The same of a round that has left definitions changed, which the clean round had not. */
    public List<String> judgeRedefined(boolean returned, boolean allOrNothing) {
        return after == null || (!returned && !allOrNothing)
                ? List.of()
                : List.of(
                        "state    : expected the tables to be defined as the clean round left them, found them changed");
    }

    private static String described(Changes found, Changes expected) {
        boolean misses = !expected.without(found).isEmpty();
        boolean more = !found.without(expected).isEmpty();
        return misses && more ? "something else" : misses ? "a part of it" : "more than that";
    }

    private static void show(List<String> lines, String label, List<Changes.Line> rows) {
        String head = label;
        for (Changes.Line row : rows.subList(0, Math.min(rows.size(), ROWS_SHOWN))) {
            lines.add(head + row.text());
            head = " ".repeat(label.length());
        }
        if (rows.size() > ROWS_SHOWN) {
            int more = rows.size() - ROWS_SHOWN;
            lines.add(head + "and " + more + (more == 1 ? " more row" : " more rows"));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a sweep, and what it did not look at.
 *
 * @param points how many points the clean round had
 * @param broken at how many of them a round was red
 * @param rounds how many variants were tried
 * @param green how many of them were green
 * @param red those that were red
 * @param notReached those whose point was not reached again
 * @param impossible how many were impossible, and what came back instead
 * @param pruned how many were left out since they could not differ from others or can't happen, and why
 * @param leftOut how many were left out for want of rounds or time
 * @param seen what the oracles saw and counted in its rounds, also where it is not wrong
 * @param remarks what else is to be known: what limits the verdict
 * @param problem what makes the sweep itself red, or null
 * @param took how long it took
 * @since 0.1
 */
public record Verdict(
        int points,
        int broken,
        int rounds,
        int green,
        List<String> red,
        List<String> notReached,
        List<Count> impossible,
        List<Count> pruned,
        List<Count> leftOut,
        List<Count> seen,
        List<String> remarks,
        @Nullable String problem,
        Duration took) {

    private static final int SHOWN = 20;

    /**
     * How often what was the case.
     *
     * @param number 1 or more
     * @param what in words about each of them, such as {@code round beyond maxRounds = 3}
     */
    public record Count(int number, String what) {

        /** {@code 3 x round beyond maxRounds = 3}: said of each, so that it reads well for one and for many. */
        @Override
        public String toString() {
            return number + " x " + what;
        }
    }

    public Verdict {
        red = List.copyOf(red);
        notReached = List.copyOf(notReached);
        impossible = List.copyOf(impossible);
        pruned = List.copyOf(pruned);
        leftOut = List.copyOf(leftOut);
        seen = List.copyOf(seen);
        remarks = List.copyOf(remarks);
    }

    /** Why the sweep shows nothing; empty if it shows something. */
    public Optional<String> whyVoid() {
        return Optional.ofNullable(problem);
    }

    /**
     * {@code 14 points, 61 rounds, 0 red; 23 pruned, 2 not reached}; {@code 1 of 14 points broke it, 61 rounds, 1 red; 23
     * pruned}.
     */
    public String line() {
        List<String> rest = new ArrayList<>();
        count(rest, sum(pruned), "pruned");
        count(rest, notReached.size(), "not reached");
        count(rest, sum(impossible), "impossible");
        count(rest, sum(leftOut), "left out");
        return (broken == 0 ? "" : broken + " of ")
                + number(points, "point")
                + (broken == 0 ? ", " : " broke it, ")
                + number(rounds, "round") + ", " + red.size() + " red"
                + (rest.isEmpty() ? "" : "; " + String.join(", ", rest));
    }

    /** The same with the reasons, and more, one line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("verdict    : " + line());
        add(lines, "red        : ", red);
        add(lines, "not reached: ", notReached);
        add(lines, "impossible : ", impossible);
        add(lines, "pruned     : ", pruned);
        add(lines, "left out   : ", leftOut);
        add(lines, "seen       : ", seen);
        add(lines, "remark     : ", remarks);
        return lines;
    }

    private static void add(List<String> lines, String title, List<?> more) {
        more.stream().limit(SHOWN).map(each -> title + each).forEach(lines::add);
        if (more.size() > SHOWN) {
            lines.add(title + "and " + (more.size() - SHOWN) + " more");
        }
    }

    private static void count(List<String> counts, int number, String what) {
        if (number > 0) {
            counts.add(number + " " + what);
        }
    }

    private static int sum(List<Count> counted) {
        return counted.stream().mapToInt(Count::number).sum();
    }

    private static String number(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}

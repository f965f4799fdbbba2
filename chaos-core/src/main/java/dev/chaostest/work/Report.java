// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Lane;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Says what went wrong in a run: a line for each trouble, each stuck worker and each thread that stays. */
record Report<R extends AutoCloseable, T>(
        Terms<R> terms, List<Hand<R, T>> hands, List<Trouble> troubles, Rescue<R, T> rescue) {

    private static final int SHOWN = 20;
    private static final int TEXT_MAX = 400;

    @Nullable
    WorkersError error() {
        Set<Lane> bad = new LinkedHashSet<>(troubles.stream().map(Trouble::lane).toList());
        rescue.stuck().forEach(one -> bad.add(one.hand().lane()));
        List<Lane> idle = hands.stream()
                .filter(hand -> hand.outcome() == null && !bad.contains(hand.lane()))
                .map(Hand::lane)
                .toList();
        int count = bad.size() + idle.size();
        return count == 0 && rescue.left().isEmpty() ? null : error(count, idle);
    }

    private WorkersError error(int count, List<Lane> idle) {
        String message = "Each worker \"" + terms.name() + "\" must end within " + Durations.print(terms.deadline())
                + " with success or an expected failure, but " + count + " of " + terms.count()
                + " did not. Correct the code under test, classify a failure that is expected, or give slow work a "
                + "longer deadline." + lines(idle);
        Throwable first = troubles.isEmpty() ? null : troubles.get(0).error();
        boolean allFailed = first != null
                && idle.isEmpty()
                && rescue.stuck().isEmpty()
                && rescue.left().isEmpty();
        WorkersError error = new WorkersError(message, first, allFailed);
        Set<Throwable> told = Collections.newSetFromMap(new IdentityHashMap<>());
        troubles.stream()
                .map(Trouble::error)
                .filter(other -> told.add(other) && other != first)
                .forEach(error::addSuppressed);
        return error;
    }

    private String lines(List<Lane> idle) {
        Stream<String> troubled = troubles.stream()
                .map(trouble -> line(trouble.kind(), trouble.lane() + ": " + oneLine(trouble.error())));
        Stream<String> stuck = rescue.stuck().stream()
                .map(one -> line("stuck", one.hand().lane() + " was " + one.phase() + ", here:" + one.stack()));
        Stream<String> left = rescue.left().stream()
                .map(one -> line(
                        "left", one.thread() + " was cancelled and interrupted, and is still here:" + one.stack()));
        Stream<String> never = idle.isEmpty()
                ? Stream.empty()
                : Stream.of(line("idle", some(idle.stream().map(Lane::name), ", ", idle.size()) + " never began"));
        return Stream.of(
                                some(troubled, "", troubles.size()),
                                some(stuck, "", rescue.stuck().size()))
                        .collect(Collectors.joining())
                + Stream.concat(left, never).collect(Collectors.joining());
    }

    private static String some(Stream<String> texts, String separator, int size) {
        return texts.limit(SHOWN).collect(Collectors.joining(separator))
                + (size > SHOWN ? " ... and " + (size - SHOWN) + " more" : "");
    }

    private static String line(String kind, String text) {
        return String.format("\n  %-7s : %s", kind, text);
    }

    /** A message of several lines (an assertion's) would break the report; the cause has it in full. */
    private static String oneLine(Throwable error) {
        String text = error.toString()
                .lines()
                .map(String::strip)
                .filter(s -> !s.isEmpty())
                .collect(Collectors.joining(" "));
        return text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "..." : text;
    }
}

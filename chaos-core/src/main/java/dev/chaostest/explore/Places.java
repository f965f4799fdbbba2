// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.mount.Callers;
import java.lang.StackWalker.StackFrame;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Names the lines from which the arrivals of a round came. A line through which several others come says little by itself: it
 * is a helper's, and who called it is named, too.
 */
final class Places {

    private static final int FRAMES_MAX = 32;

    /** What runs tests, and what stands between their lines. */
    private static final Set<String> TOOLS = Set.of("org.junit.", "org.assertj.", "dev.chaostest.junit5.internal.");

    private static final Set<String> FRAMEWORKS = Set.of(
            "org.springframework.", "org.hibernate.", "org.jooq.", "org.jdbi.", "org.apache.ibatis.", "org.mybatis.");

    /** By the name of a helper's class. */
    private final Set<String> helpers;

    private Places(Set<String> helpers) {
        this.helpers = helpers;
    }

    /** Where the current thread is. */
    static List<StackFrame> here(Set<String> machinery) {
        return Callers.frames(machinery, Set.of(), FRAMES_MAX);
    }

    /** Learns from all arrivals of a round. */
    static Places of(List<List<StackFrame>> stacks) {
        Map<String, Set<String>> callers = new HashMap<>();
        Map<String, String> classes = new HashMap<>();
        for (List<StackFrame> stack : stacks) {
            Way way = Way.of(stack);
            if (way.first != null && way.next != null) {
                String line = Callers.print(way.first);
                callers.computeIfAbsent(line, any -> new HashSet<>()).add(Callers.print(way.next));
                classes.put(line, outermost(way.first));
            }
        }
        return new Places(callers.entrySet().stream()
                .filter(each -> each.getValue().size() > 1)
                .map(each -> String.valueOf(classes.get(each.getKey())))
                .collect(Collectors.toSet()));
    }

    /** {@code TransferService.transfer:41}, {@code TransferService.transfer:41 via Sql.run:23}; null if nobody is known. */
    @Nullable
    String name(List<StackFrame> stack) {
        Way way = Way.of(stack);
        if (way.first == null) {
            return null;
        }
        String line = Callers.print(way.first);
        return way.next != null && helpers.contains(outermost(way.first))
                ? Callers.print(way.next) + " via " + line
                : line;
    }

    private static String outermost(StackFrame frame) {
        String name = frame.getClassName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }

    /**
     * How an arrival was come to.
     *
     * @param first the nearest line
     * @param next the nearest one in another class behind it
     */
    private record Way(@Nullable StackFrame first, @Nullable StackFrame next) {

        static Way of(List<StackFrame> stack) {
            List<StackFrame> code = without(FRAMEWORKS, without(TOOLS, stack));
            StackFrame first = code.isEmpty() ? null : code.get(0);
            if (first == null) {
                return new Way(stack.isEmpty() ? null : stack.get(0), null);
            }
            return new Way(
                    first,
                    code.stream()
                            .filter(each -> !outermost(each).equals(outermost(first)))
                            .findFirst()
                            .orElse(null));
        }

        private static List<StackFrame> without(Set<String> packages, List<StackFrame> stack) {
            return stack.stream()
                    .filter(each -> packages.stream().noneMatch(each.getClassName()::startsWith))
                    .toList();
        }
    }
}

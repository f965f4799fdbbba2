// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is behind an exception: its causes, and what was suppressed on the way. */
final class Causes {

    /** They can go round in a circle, and each can have many. */
    private static final int MAX = 500;

    private Causes() {}

    /** Whether it holds of the exception itself or of one behind it. */
    static boolean anyOf(Throwable thrown, Predicate<Throwable> condition) {
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Throwable> open = new ArrayDeque<>();
        add(open, thrown);
        while (!open.isEmpty() && seen.size() < MAX) {
            Throwable each = open.remove();
            if (!seen.add(each)) {
                continue;
            }
            if (condition.test(each)) {
                return true;
            }
            add(open, each.getCause());
            for (Throwable suppressed : each.getSuppressed()) {
                add(open, suppressed);
            }
        }
        return false;
    }

    private static void add(Deque<Throwable> open, @Nullable Throwable thrown) {
        if (thrown != null) {
            open.add(thrown);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.util.HashSet;
import java.util.Set;

/**
 * The columns whose values are not compared, by {@code table.column}.
 *
 * @param varying whose values are different in each round, but for NULL
 * @param set whose values are different already before each round, since the test sets them up
 * @param ignored which don't count at all
 */
public record Unsteady(Set<String> varying, Set<String> set, Set<String> ignored) {

    public static final Unsteady NONE = new Unsteady(Set.of(), Set.of(), Set.of());

    public Unsteady {
        varying = Set.copyOf(varying);
        set = Set.copyOf(set);
        ignored = Set.copyOf(ignored);
    }

    /** And what the test says does not count. */
    public Unsteady ignoring(Set<String> more) {
        Set<String> both = new HashSet<>(ignored);
        both.addAll(more);
        return new Unsteady(varying, set, both);
    }

    boolean isSet(KeptTable table, int place) {
        return set.contains(name(table, place));
    }

    boolean isVarying(KeptTable table, int place) {
        return varying.contains(name(table, place));
    }

    boolean isIgnored(KeptTable table, int place) {
        return ignored.contains(name(table, place));
    }

    static String name(KeptTable table, int place) {
        return ForeignKey.name(table, table.columns().get(place));
    }
}

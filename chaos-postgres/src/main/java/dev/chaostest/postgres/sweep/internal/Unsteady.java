// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.util.HashSet;
import java.util.Set;

/**
 * The columns whose values are not compared, by {@code table.column}.
 *
 * @param varying whose values are different in each round, but for NULL
 * @param ignored which don't count at all
 */
public record Unsteady(Set<String> varying, Set<String> ignored) {

    public static final Unsteady NONE = new Unsteady(Set.of(), Set.of());

    public Unsteady {
        varying = Set.copyOf(varying);
        ignored = Set.copyOf(ignored);
    }

    /** And these. */
    public Unsteady and(Unsteady more) {
        Set<String> bothVarying = new HashSet<>(varying);
        bothVarying.addAll(more.varying);
        Set<String> bothIgnored = new HashSet<>(ignored);
        bothIgnored.addAll(more.ignored);
        return new Unsteady(bothVarying, bothIgnored);
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

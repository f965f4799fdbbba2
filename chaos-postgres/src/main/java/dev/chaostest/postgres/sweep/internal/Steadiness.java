// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds the columns that two rounds without faults have written differently. */
final class Steadiness {

    private final Course first;
    private final Course second;
    private final Moment moment;
    private final Set<String> varying = new HashSet<>();
    private final Set<String> set = new HashSet<>();
    private final Set<String> ignored = new HashSet<>();

    private Steadiness(Course first, Course second, Moment moment) {
        this.first = first;
        this.second = second;
        this.moment = moment;
    }

    /**
     * Finds them. The tables of one are known by their labels in the other.
     *
     * @param moment when both ran
     */
    static Unsteady of(Course first, Course second, Moment moment) {
        Steadiness steadiness = new Steadiness(first, second, moment);
        second.shape()
                .tables()
                .forEach(table -> first.shape().tables().stream()
                        .filter(same -> same.label().equals(table.label()))
                        .forEach(same -> steadiness.look(same, table)));
        return new Unsteady(steadiness.varying, steadiness.set, steadiness.ignored);
    }

    private void look(KeptTable same, KeptTable table) {
        if (same.columns().size() != table.columns().size()) {
            return; // another table, whose rows differ anyway
        }
        Pairs one = Pairs.of(same, first.delta());
        Pairs other = Pairs.of(table, second.delta());
        for (int place = 0; place < table.columns().size(); place++) {
            List<@Nullable String> values = values(one.written(), place);
            List<@Nullable String> others = values(other.written(), place);
            if (!values(first.before().of(same), place)
                    .equals(values(second.before().of(table), place))) {
                set.add(Unsteady.name(table, place));
                varying.add(Unsteady.name(table, place));
            }
            boolean differs = !values.equals(others) || isChangedOtherwise(one, other, place);
            if (differs || isOfItsTime(table.columns().get(place), values)) {
                varying.add(Unsteady.name(table, place));
            }
            if (nulls(values) != nulls(others)) {
                ignored.add(Unsteady.name(table, place));
            }
        }
    }

    private static long nulls(List<@Nullable String> values) {
        return values.stream().filter(value -> value == null).count();
    }

    private static List<@Nullable String> values(List<ImageRow> rows, int place) {
        List<@Nullable String> values = new ArrayList<>();
        rows.forEach(row -> values.add(row.cells().get(place)));
        values.sort(Comparator.nullsFirst(Comparator.naturalOrder()));
        return values;
    }

    private static boolean isChangedOtherwise(Pairs one, Pairs other, int place) {
        return one.changed().entrySet().stream().anyMatch(each -> {
            Pairs.Pair same = other.changed().get(each.getKey());
            String value = each.getValue().after().cells().get(place);
            String now = same == null ? value : same.after().cells().get(place);
            return value == null ? now != null : !value.equals(now);
        });
    }

    private boolean isOfItsTime(KeptColumn column, List<@Nullable String> values) {
        return values.stream().anyMatch(value -> value != null && moment.isIn(column, value));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The labels of a snapshot, and which of them matter how.
 *
 * @param key the places of the key's columns, in the order of the key
 * @param rest the places of the other columns that count, by label, so that the order of columns does not matter
 */
record Columns(List<String> labels, List<Integer> key, List<Integer> rest) {

    static Columns of(String snapshot, List<String> labels, Matching matching) {
        if (labels.isEmpty()) {
            throw new ChaosException("Snapshot \"" + snapshot
                    + "\" must have at least one column, but has none. Name what is to be compared.");
        }
        Set<String> seen = new HashSet<>();
        for (String label : labels) {
            if (!seen.add(label)) {
                throw new ChaosException(
                        "Columns of snapshot \"" + snapshot + "\" must have labels of their own, but \"" + label
                                + "\" is there twice. Give one another name (AS, in a query).");
            }
        }
        matching.named().forEach((column, word) -> requireKnown(snapshot, labels, column, word));
        List<Integer> key = matching.keys().stream().map(labels::indexOf).toList();
        List<Integer> rest = labels.stream()
                .filter(label ->
                        !matching.keys().contains(label) && !matching.ignored().contains(label))
                .sorted()
                .map(labels::indexOf)
                .toList();
        return new Columns(List.copyOf(labels), key, rest);
    }

    private static void requireKnown(String snapshot, List<String> labels, String column, String word) {
        if (labels.contains(column)) {
            return;
        }
        throw new ChaosException(word + "(\"" + column + "\") must name a column of snapshot \"" + snapshot
                + "\", but its columns are " + String.join(", ", labels) + ". Did you mean \""
                + Nearest.of(column, labels) + "\"?");
    }

    /** The labels of the columns that count, in the order of the columns, without the key. */
    List<String> shown() {
        return rest.stream().sorted().map(labels::get).toList();
    }

    List<@Nullable Object> pick(List<? extends @Nullable Object> cells, List<Integer> places) {
        List<@Nullable Object> picked = new ArrayList<>(places.size());
        places.forEach(place -> picked.add(cells.get(place)));
        return Collections.unmodifiableList(picked);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a table that are different, those with the same primary key together.
 *
 * @param changed the old row and the new one, by key
 * @param removed those without a new one
 * @param added those without an old one
 */
record Pairs(Map<List<@Nullable String>, Pair> changed, List<ImageRow> removed, List<ImageRow> added) {

    /** One row, before and after. */
    record Pair(ImageRow before, ImageRow after) {}

    static Pairs of(KeptTable table, Delta delta) {
        Delta.Rows rows = delta.of(table);
        List<Integer> key = table.key();
        if (key.isEmpty()) {
            return new Pairs(Map.of(), rows.removed(), rows.added());
        }
        Map<List<@Nullable String>, ImageRow> old = new LinkedHashMap<>();
        rows.removed().forEach(row -> old.put(cells(row, key), row));
        Map<List<@Nullable String>, Pair> changed = new LinkedHashMap<>();
        List<ImageRow> added = new ArrayList<>();
        for (ImageRow row : rows.added()) {
            ImageRow before = old.remove(cells(row, key));
            if (before == null) {
                added.add(row);
            } else {
                changed.put(cells(row, key), new Pair(before, row));
            }
        }
        return new Pairs(changed, List.copyOf(old.values()), added);
    }

    private static List<@Nullable String> cells(ImageRow row, List<Integer> places) {
        List<@Nullable String> cells = new ArrayList<>();
        places.forEach(place -> cells.add(row.cells().get(place)));
        return cells;
    }

    /** The rows that are new as they are. */
    List<ImageRow> written() {
        List<ImageRow> written = new ArrayList<>(added);
        changed.values().forEach(pair -> written.add(pair.after()));
        return written;
    }
}

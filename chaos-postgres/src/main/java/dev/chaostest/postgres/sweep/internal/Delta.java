// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.sweep.internal.Image.ImageRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is different between two images, row by row. Rows have no order, and equal ones are counted.
 *
 * @param tables those that are different, as they are restored
 * @param positions the sequences that are elsewhere, and where they were
 */
public record Delta(Map<KeptTable, Rows> tables, Map<KeptSequence, KeptSequence.Position> positions) {

    /** Rows that cost little to be written again. */
    private static final int SMALL = 500;

    /**
     * Of one table.
     *
     * @param removed those that are not there any more
     * @param added those that were not there
     */
    public record Rows(List<ImageRow> removed, List<ImageRow> added) {}

    /** What became of the first one. */
    public static Delta of(Shape shape, Image base, Image now) {
        Map<KeptTable, Rows> tables = new LinkedHashMap<>();
        for (KeptTable table : shape.tables()) {
            Rows rows = rows(base.of(table), now.of(table));
            if (!rows.removed.isEmpty() || !rows.added.isEmpty()) {
                tables.put(table, rows);
            }
        }
        Map<KeptSequence, KeptSequence.Position> positions = new LinkedHashMap<>();
        base.positions().forEach((sequence, position) -> {
            if (!sequence.cached() && !position.equals(now.positions().get(sequence))) {
                positions.put(sequence, position);
            }
        });
        return new Delta(tables, positions);
    }

    private static Rows rows(List<ImageRow> base, List<ImageRow> now) {
        Map<List<@Nullable String>, Integer> missing = new HashMap<>();
        base.forEach(row -> missing.merge(row.cells(), 1, Integer::sum));
        List<ImageRow> added = new ArrayList<>();
        for (ImageRow row : now) {
            if (!take(missing, row)) {
                added.add(row);
            }
        }
        return new Rows(base.stream().filter(row -> take(missing, row)).toList(), added);
    }

    private static boolean take(Map<List<@Nullable String>, Integer> missing, ImageRow row) {
        Integer count = missing.get(row.cells());
        if (count == null || count == 0) {
            return false;
        }
        missing.put(row.cells(), count - 1);
        return true;
    }

    /**
     * The same with all rows of small tables: put back together, they are in the order in which they were, and who reads some of
     * them without ORDER BY gets the same ones in each round.
     */
    Delta inOrder(Image base, Image now) {
        Map<KeptTable, Rows> whole = new LinkedHashMap<>(tables);
        whole.replaceAll((table, rows) -> base.of(table).size() + now.of(table).size() <= SMALL
                ? new Rows(base.of(table), now.of(table))
                : rows);
        return new Delta(whole, positions);
    }

    /** What is different in a table. */
    Rows of(KeptTable table) {
        return tables.getOrDefault(table, new Rows(List.of(), List.of()));
    }

    /** Whether every table and every sequence is as it was. */
    public boolean isEmpty() {
        return tables.isEmpty() && positions.isEmpty();
    }
}

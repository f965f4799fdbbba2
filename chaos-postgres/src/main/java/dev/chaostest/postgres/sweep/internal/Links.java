// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a value that is different in each round, such as the id of a new row: where else among the new rows it is,
 * as far as foreign keys go. So an order line that refers to another order than its own still shows.
 */
final class Links {

    private final Map<String, String> parents = new HashMap<>();
    /** How often each value is in which column, by the group of columns that refer to each other. */
    private final Map<String, Map<String, TreeMap<String, Integer>>> places = new HashMap<>();

    Links(Shape shape, Delta delta, Unsteady unsteady) {
        shape.keys().forEach(key -> parents.put(group(key.from()), group(key.to())));
        for (KeptTable table : delta.tables().keySet()) {
            for (int place = 0; place < table.columns().size(); place++) {
                if (unsteady.isVarying(table, place)) {
                    count(table, place, delta);
                }
            }
        }
    }

    private void count(KeptTable table, int place, Delta delta) {
        String column = Unsteady.name(table, place);
        for (Image.ImageRow row : Pairs.of(table, delta).written()) {
            String value = row.cells().get(place);
            if (value != null) {
                places.computeIfAbsent(group(column), any -> new HashMap<>())
                        .computeIfAbsent(value, any -> new TreeMap<>())
                        .merge(column, 1, Integer::sum);
            }
        }
    }

    private String group(String column) {
        String at = column;
        for (String next = parents.get(at); next != null && !next.equals(at); next = parents.get(at)) {
            at = next;
        }
        return at;
    }

    /** Equal for values that are in the same places. */
    String sign(String column, @Nullable String value) {
        if (value == null) {
            return "NULL";
        }
        Map<String, Integer> where =
                places.getOrDefault(group(column), Map.of()).getOrDefault(value, new TreeMap<>());
        return where.size() > 1 ? where.toString() : "";
    }
}

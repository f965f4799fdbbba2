// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Reads something tabular, whenever it is asked: a query, a file, a list.
 *
 * <p>It is read when a snapshot is captured and again when it is compared, so it must look at the present state each
 * time. Rows go on one by one: what is large need never be in memory as a whole.
 *
 * <pre>{@code
 * Source stock = rows -> {
 *     rows.columns("article", "count");
 *     warehouse.forEach(shelf -> rows.row(shelf.article(), shelf.count()));
 * };
 * }</pre>
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Source {

    /**
     * Names the columns, then hands over each row, on the calling thread.
     *
     * @param rows takes them; of no use any more when this method has returned
     * @throws Exception if it can't be read; the snapshot is not taken then
     */
    void read(Rows rows) throws Exception;

    /** Makes a source of objects; its columns are named next. */
    static <T> Items<T> of(Supplier<? extends Iterable<T>> items) {
        return new Items<>(items, List.of(), List.of());
    }

    /**
     * Makes a source of maps from labels to cells.
     *
     * @param columns the labels; a map without one of them has null there, and its other keys are left out
     */
    static Source ofMaps(List<String> columns, Supplier<? extends Iterable<? extends Map<String, ?>>> maps) {
        List<String> labels = List.copyOf(columns);
        return rows -> {
            rows.columns(labels.toArray(String[]::new));
            for (Map<String, ?> map : maps.get()) {
                rows.row(labels.stream().map(map::get).toArray());
            }
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.util.Collection;
import java.util.List;

/**
 * A table as it is to be read.
 *
 * @param name as the catalog has it
 * @param kind as in {@code pg_class.relkind}
 * @param bytes how large it is, with its TOAST table; of a partitioned one, all of it
 * @param columns in order
 * @param key the names of the primary key's columns, in its order; empty if there is none
 */
public record TableShape(String name, char kind, long bytes, List<Column> columns, List<String> key) {

    public TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /** Foreign tables are somebody else's: they have no snapshot, and reading them is not free. */
    boolean isForeign() {
        return kind == 'f';
    }

    boolean isKeyed() {
        return !key.isEmpty();
    }

    /** The same without some columns. */
    TableShape without(Collection<String> ignored) {
        return new TableShape(
                name,
                kind,
                bytes,
                columns.stream()
                        .filter(column -> !ignored.contains(column.name()))
                        .toList(),
                key);
    }

    /** Whether all columns of this one are still there in another; it may have more. */
    boolean isIn(TableShape other) {
        return other.columns.containsAll(columns);
    }

    Column column(String wanted) {
        return columns.stream()
                .filter(column -> column.name().equals(wanted))
                .findFirst()
                .orElseThrow();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table whose rows are kept: an ordinary one, a leaf of a partitioned one, or a materialized view.
 *
 * @param schema as the catalog has it
 * @param name as the catalog has it
 * @param materialized whether its rows come from other tables
 * @param columns in order
 * @param label its name in messages, and wherever it is named in another space of the same script
 * @param rank those that others refer to come first
 */
public record KeptTable(
        String schema, String name, boolean materialized, String label, List<KeptColumn> columns, int rank) {

    public KeptTable {
        columns = List.copyOf(columns);
    }

    /** As SQL takes it. */
    String quoted() {
        return SchemaName.quote(schema) + "." + SchemaName.quote(name);
    }

    /** The places of the columns of the primary key; empty if it has none. */
    List<Integer> key() {
        return IntStream.range(0, columns.size())
                .filter(place -> columns.get(place).key())
                .boxed()
                .toList();
    }

    /** Of its columns, as {@code table.column}. */
    public List<String> names() {
        return columns.stream().map(column -> ForeignKey.name(this, column)).toList();
    }

    @Override
    public String toString() {
        return label;
    }
}

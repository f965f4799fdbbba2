// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Holds one change of one row, or of a whole table, as the server logged it.
 *
 * <p>Values are the server's text, by column, in the order of the table; null is NULL. A column is <em>absent</em> where the
 * log does not have it: old values beyond the table's replica identity, and a large value (TOAST) that an update left as it
 * was. The key is that of the replica identity, by default the primary key; empty if the table has none, or is dropped by
 * now.
 *
 * <p>Old values are all there after {@code ALTER TABLE account REPLICA IDENTITY FULL}. By default an update has those of the
 * key, and a delete, too; without any replica identity a delete says only that a row of that table went.
 *
 * <pre>{@code
 * for (RowChange change : writes.wrote()) {
 *     assertThat(change.table().name()).isEqualTo("account");
 * }
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "Logical Decoding"; ALTER TABLE, "REPLICA IDENTITY".
 *
 * @since 0.1
 */
public sealed interface RowChange {

    /** The table; for a partitioned one, the partition that holds the row. */
    TableName table();

    /** The columns that identify the row, before the change; empty where none do. */
    Map<String, @Nullable String> key();

    /**
     * A row came.
     *
     * @param row all its values
     */
    record Insert(TableName table, Map<String, @Nullable String> key, Map<String, @Nullable String> row)
            implements RowChange {
        public Insert {
            Objects.requireNonNull(table, "table");
            key = copy(key);
            row = copy(row);
        }

        @Override
        public String toString() {
            return "INSERT " + table + " " + print(row);
        }
    }

    /**
     * A row changed.
     *
     * @param before its old values, as far as they are logged
     * @param after its new values
     */
    record Update(
            TableName table,
            Map<String, @Nullable String> key,
            Map<String, @Nullable String> before,
            Map<String, @Nullable String> after)
            implements RowChange {
        public Update {
            Objects.requireNonNull(table, "table");
            key = copy(key);
            before = copy(before);
            after = copy(after);
        }

        /** The columns that are known to have another value now. Empty also where no old value is known. */
        public List<String> changed() {
            return after.keySet().stream()
                    .filter(before::containsKey)
                    .filter(column -> !Objects.equals(before.get(column), after.get(column)))
                    .toList();
        }

        @Override
        public String toString() {
            List<String> columns = new ArrayList<>();
            after.forEach((column, value) -> {
                boolean known = before.containsKey(column) && !Objects.equals(before.get(column), value);
                columns.add(column + "=" + (known ? value(before.get(column)) + "->" : "") + value(value));
            });
            return "UPDATE " + table + " " + (key.isEmpty() ? "" : print(key) + " ") + columns;
        }
    }

    /**
     * A row went.
     *
     * @param before its old values, as far as they are logged
     */
    record Delete(TableName table, Map<String, @Nullable String> key, Map<String, @Nullable String> before)
            implements RowChange {
        public Delete {
            Objects.requireNonNull(table, "table");
            key = copy(key);
            before = copy(before);
        }

        @Override
        public String toString() {
            return "DELETE " + table + " " + (before.isEmpty() ? "(row not logged)" : print(before));
        }
    }

    /**
     * All rows of a table went at once; one for each table of the statement.
     *
     * @param isRestart whether its sequences began anew
     */
    record Truncate(TableName table, boolean isRestart) implements RowChange {
        public Truncate {
            Objects.requireNonNull(table, "table");
        }

        @Override
        public Map<String, @Nullable String> key() {
            return Map.of();
        }

        @Override
        public String toString() {
            return "TRUNCATE " + table + (isRestart ? " RESTART IDENTITY" : "");
        }
    }

    private static Map<String, @Nullable String> copy(Map<String, @Nullable String> values) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    private static String print(Map<String, @Nullable String> values) {
        List<String> columns = new ArrayList<>();
        values.forEach((column, value) -> columns.add(column + "=" + value(value)));
        return columns.toString();
    }

    private static String value(@Nullable String value) {
        int max = 60;
        if (value == null) {
            return "NULL";
        }
        String line = value.replace("\n", "\\n").replace("\r", "\\r");
        return line.length() <= max ? line : line.substring(0, max) + "...";
    }
}

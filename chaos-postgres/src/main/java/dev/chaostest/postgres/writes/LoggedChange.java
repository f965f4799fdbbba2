// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A change as the log has it, before the catalogue said what its key is.
 *
 * @param tables one, or those of a TRUNCATE
 * @param isOldLogged whether there was an old row, complete or only its key
 * @param old without its NULLs: the log leaves them out
 * @param row the new row
 */
record LoggedChange(
        Kind kind,
        List<TableName> tables,
        boolean isOldLogged,
        Map<String, @Nullable String> old,
        Map<String, @Nullable String> row,
        Set<String> unchangedLarge,
        boolean isRestart) {

    /** What happened. */
    enum Kind {
        INSERT,
        UPDATE,
        DELETE,
        TRUNCATE
    }

    /** The same for some of its tables. */
    LoggedChange of(List<TableName> some) {
        return new LoggedChange(kind, some, isOldLogged, old, row, unchangedLarge, isRestart);
    }

    /** Complete, as far as it can be. */
    List<RowChange> resolve(Identities identities) {
        if (kind == Kind.TRUNCATE) {
            List<RowChange> truncates = new ArrayList<>();
            tables.forEach(each -> truncates.add(new RowChange.Truncate(each, isRestart)));
            return truncates;
        }
        TableName table = tables.get(0);
        Identity identity = identities.of(table);
        return List.of(
                switch (kind) {
                    case INSERT -> new RowChange.Insert(table, identity.keyOf(row), row);
                    case DELETE -> {
                        Map<String, @Nullable String> before = isOldLogged ? identity.complete(old, null) : Map.of();
                        yield new RowChange.Delete(table, identity.keyOf(before), before);
                    }
                    case UPDATE -> update(table, identity);
                    case TRUNCATE -> throw new AssertionError(kind);
                });
    }

    private RowChange update(TableName table, Identity identity) {
        // Without an old row the key is as it was.
        Map<String, @Nullable String> before = isOldLogged ? identity.complete(old, row) : identity.keyOf(row);
        Map<String, @Nullable String> after = row;
        if (!unchangedLarge.isEmpty() && before.keySet().containsAll(unchangedLarge)) {
            after = new LinkedHashMap<>(row);
            for (String column : unchangedLarge) {
                after.put(column, before.get(column));
            }
        }
        return new RowChange.Update(table, identity.keyOf(before), before, after);
    }

    /**
     * What identifies the rows of a table in the log.
     *
     * @param isFull whether it is the whole row
     * @param columns of the table, in order; empty if it is gone
     * @param key of the replica identity, or of the primary key
     */
    record Identity(boolean isFull, List<String> columns, List<String> key) {

        static final Identity UNKNOWN = new Identity(false, List.of(), List.of());

        Map<String, @Nullable String> keyOf(Map<String, @Nullable String> row) {
            Map<String, @Nullable String> found = new LinkedHashMap<>();
            if (row.keySet().containsAll(key)) {
                key.forEach(column -> found.put(column, row.get(column)));
            }
            return found;
        }

        /** Puts the NULLs back that the log leaves out of an old row; known only where the whole row was logged. */
        Map<String, @Nullable String> complete(
                Map<String, @Nullable String> old, @Nullable Map<String, @Nullable String> row) {
            if (!isFull) {
                return old;
            }
            Map<String, @Nullable String> whole = new LinkedHashMap<>();
            for (String column : columns.isEmpty() && row != null ? List.copyOf(row.keySet()) : columns) {
                whole.put(column, old.get(column));
            }
            old.forEach(whole::putIfAbsent);
            return whole;
        }
    }

    /** Those of several tables. */
    record Identities(Map<TableName, Identity> byTable) {
        Identity of(TableName table) {
            return byTable.getOrDefault(table, Identity.UNKNOWN);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a table.
 *
 * @param name as the catalog has it
 * @param kind what happened to it as a whole
 * @param before how many rows it had; 0 if it was not there
 * @param after how many rows it has; 0 if it is not there
 * @param columns the names of those that were compared
 * @param types whether each is to be shown in quotes
 * @param key the names of the primary key's columns
 * @param rows what became of its rows, if they were compared
 * @param why why the old rows can't be told, if they can't
 */
public record TableChange(
        String name,
        Kind kind,
        long before,
        long after,
        List<String> columns,
        List<Boolean> types,
        List<String> key,
        RowChanges rows,
        @Nullable String why) {

    /** What happened to it as a whole. */
    public enum Kind {
        /** It is there as before, with other rows. */
        CHANGED,
        /** Columns are gone or are others, so its rows could not be compared. */
        RESHAPED,
        /** It is gone. */
        DROPPED,
        /** It is new. */
        ADDED
    }

    static TableChange of(Kind kind, TableShape shape, long before, long after, RowChanges rows, @Nullable String why) {
        return new TableChange(
                shape.name(),
                kind,
                before,
                after,
                shape.columns().stream().map(Column::name).toList(),
                shape.columns().stream().map(Column::isText).toList(),
                shape.key(),
                rows,
                why);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.snapshot.SnapshotDiff;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of one table.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param table its name as the catalog has it
 * @param kind what happened to it as a whole
 * @param before how many rows it had
 * @param after how many it has
 * @param changed how many rows have other cells; 0 without a primary key, where such a row is one removed and one added
 * @param removed how many are gone
 * @param added how many are new
 * @param rows at most 300 of each with their cells, numbers and dates as the server prints them; empty if they can't be told
 * @param unknown why the rows can't be told; empty if they can
 * @since 0.1
 */
public record TableDiff(
        String table,
        Kind kind,
        long before,
        long after,
        long changed,
        long removed,
        long added,
        Optional<SnapshotDiff> rows,
        Optional<String> unknown) {

    /** What happened to a table as a whole. */
    public enum Kind {
        /** It is there as before, with other rows. */
        CHANGED,
        /** Columns are gone or of another type, so its rows could not be compared. */
        RESHAPED,
        /** It is gone. */
        DROPPED,
        /** It is new. */
        ADDED
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("  table " + table + ": " + headline());
        rows.ifPresent(diff -> diff.describe().forEach(line -> lines.add("  " + line)));
        long more = changed + removed + added - rows.map(TableDiff::told).orElse(0L);
        if (rows.isPresent() && more > 0) {
            lines.add("    more    : " + Amount.of(more, "row is", "rows are") + " not kept");
        }
        return lines;
    }

    private static long told(SnapshotDiff diff) {
        long told = 0;
        for (SnapshotDiff.Kind kind : SnapshotDiff.Kind.values()) {
            told += diff.count(kind);
        }
        return told;
    }

    private String headline() {
        return switch (kind) {
            case ADDED -> "added, has " + rows(after);
            case DROPPED -> "dropped, had " + rows(before);
            case RESHAPED, CHANGED ->
                unknown.map(why -> "changed, " + why).orElseGet(() -> String.join(", ", counts())) + " (" + before
                        + " before, " + after + " after)";
        };
    }

    private List<String> counts() {
        List<String> counts = new ArrayList<>();
        count(counts, changed, "changed");
        count(counts, removed, "removed");
        count(counts, added, "added");
        return counts;
    }

    private static void count(List<String> counts, long count, String word) {
        if (count > 0) {
            counts.add(rows(count) + " " + word);
        }
    }

    private static String rows(long count) {
        return Amount.of(count, "row");
    }
}

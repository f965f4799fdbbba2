// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.postgres.snapshot.internal.KeptRow;
import dev.chaostest.postgres.snapshot.internal.RowChanges;
import dev.chaostest.postgres.snapshot.internal.TableChange;
import dev.chaostest.snapshot.Matching;
import dev.chaostest.snapshot.Snapshot;
import dev.chaostest.snapshot.SnapshotDiff;
import dev.chaostest.snapshot.Snapshots;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a diff of rows out of what was read of them. */
record TableRows(TableChange change) {

    /** A value that is not to be shown in quotes. */
    private record Plain(String text) {
        @Override
        public String toString() {
            return text;
        }
    }

    TableDiff diff() {
        RowChanges rows = change.rows();
        return new TableDiff(
                change.name(),
                TableDiff.Kind.valueOf(change.kind().name()),
                change.before(),
                change.after(),
                rows.changed(),
                rows.removed(),
                rows.added(),
                rows.isKnown() ? Optional.of(rowDiff(rows)) : Optional.empty(),
                Optional.ofNullable(change.why()));
    }

    private SnapshotDiff rowDiff(RowChanges rows) {
        boolean keyed = !change.key().isEmpty() && isUnique(rows.before()) && isUnique(rows.after());
        Matching matching = keyed ? Matching.keyedBy(change.key().toArray(String[]::new)) : Matching.unordered();
        return snapshot(rows.before(), matching).diff(snapshot(rows.after(), matching), matching);
    }

    /** A primary key that was dropped meanwhile may be there more than once. */
    private boolean isUnique(List<KeptRow> rows) {
        List<Integer> key = change.key().stream().map(change.columns()::indexOf).toList();
        Set<List<@Nullable String>> seen = new HashSet<>();
        return rows.stream()
                .allMatch(row -> seen.add(Arrays.asList(
                        key.stream().map(place -> row.cells().get(place)).toArray(String[]::new))));
    }

    private Snapshot snapshot(List<KeptRow> rows, Matching matching) {
        return new Snapshots()
                .capture(
                        change.name(),
                        taker -> {
                            taker.columns(change.columns().toArray(String[]::new));
                            rows.forEach(row -> taker.row(cells(row)));
                        },
                        matching);
    }

    private @Nullable Object[] cells(KeptRow row) {
        @Nullable Object[] cells = new Object[row.cells().size()];
        for (int i = 0; i < cells.length; i++) {
            String text = row.cells().get(i);
            cells[i] = text == null || change.types().get(i) ? text : new Plain(text);
        }
        return cells;
    }
}

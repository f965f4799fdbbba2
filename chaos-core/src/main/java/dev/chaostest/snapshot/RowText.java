// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Prints one difference.
 *
 * @param inFull for a file; a message cuts what is long
 */
record RowText(Side before, Side after, Matching matching, boolean inFull) {

    private static final String UNKNOWN = "its cells are not known, it is kept as a digest";

    /** A key for a sentence. */
    static String key(Columns columns, Row row) {
        return key(columns, row, false);
    }

    private static String key(Columns columns, Row row, boolean inFull) {
        List<@Nullable Object> cells = row.key(columns);
        return IntStream.range(0, cells.size())
                .mapToObj(i -> columns.labels().get(columns.key().get(i)) + "=" + value(cells.get(i), inFull))
                .collect(Collectors.joining(", "));
    }

    /** Which row: by its key, by its place, or nothing where rows are only counted. */
    String name(Difference difference) {
        Row row = difference.before() != null ? difference.before() : difference.after();
        Side side = difference.before() != null ? before : after;
        if (row == null) {
            return "";
        }
        return switch (matching.way()) {
            case KEYED, KEYED_AND_PLACED -> key(side.columns(), row, inFull);
            case PLACED -> "row " + row.number();
            case COUNTED -> difference.times() + " x";
        };
    }

    /** What is to be said of it. */
    String details(Difference difference) {
        Row old = difference.before();
        Row now = difference.after();
        if (old != null && now != null) {
            return difference.kind() == SnapshotDiff.Kind.MOVED
                    ? "row " + old.number() + " -> row " + now.number()
                    : changes(old, now);
        }
        return old != null ? cells(before, old) : now != null ? cells(after, now) : "";
    }

    private String changes(Row old, Row now) {
        if (!old.isWhole() || !now.isWhole()) {
            return UNKNOWN;
        }
        return SnapshotDiff.changed(before, after, matching, old, now).stream()
                .map(label -> label + ": "
                        + ValueText.change(old.cell(before.columns(), label), now.cell(after.columns(), label), inFull))
                .collect(Collectors.joining(", "));
    }

    private String cells(Side side, Row row) {
        if (!row.isWhole()) {
            return UNKNOWN;
        }
        return side.columns().shown().stream()
                .map(label -> label + ": " + value(row.cell(side.columns(), label), inFull))
                .collect(Collectors.joining(", "));
    }

    private static String value(@Nullable Object frozen, boolean inFull) {
        String text = ValueText.of(frozen);
        return inFull ? text : ValueText.cut(text);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import java.util.List;

/**
 * What a source held at one time.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Snapshot {

    private final String name;
    private final Source source;
    private final Matching matching;
    private final Columns columns;
    private final List<Row> content;

    Snapshot(String name, Source source, Matching matching, Columns columns, List<Row> content) {
        this.name = name;
        this.source = source;
        this.matching = matching;
        this.columns = columns;
        this.content = content;
        if (matching.way().isKeyed()) {
            KeyedRows.of(this, columns); // a key that is none is to be seen at once
        }
    }

    /** What it was captured under. */
    public String name() {
        return name;
    }

    /** The labels of its columns, in order. */
    public List<String> columns() {
        return columns.labels();
    }

    /** How many rows it has. */
    public int rows() {
        return content.size();
    }

    /** How many of them are kept as digests, since they were beyond the {@link Bound}. */
    public long digests() {
        return content.stream().filter(row -> !row.isWhole()).count();
    }

    /** How it is compared unless something else is said. */
    public Matching matching() {
        return matching;
    }

    /**
     * Says what is different in a later one.
     *
     * @throws ChaosException if the matching names a column that is not there, if a key is there twice, or if rows are
     *     kept as digests that say nothing about this matching
     */
    public SnapshotDiff diff(Snapshot later, Matching other) {
        Side before = side(other);
        Side after = later.side(other);
        return SnapshotDiff.of(before, after, other);
    }

    private Side side(Matching other) {
        requireComparable(other);
        return new Side(this, Columns.of(name, columns.labels(), other));
    }

    void requireComparable(Matching other) {
        boolean told = other.hasDigestsOf(matching) && !other.needsCells();
        if (!told && digests() > 0) {
            throw new ChaosException("Snapshot \"" + name + "\" must be compared as it was captured (" + matching
                    + "), since it has " + Amount.of(digests(), "row that is", "rows that are")
                    + " kept as digests, but was to be compared "
                    + (other.needsCells() ? "with a tolerance or a comparison" : other)
                    + ". Give the matching when you capture it, or raise the Bound.");
        }
    }

    Source source() {
        return source;
    }

    List<Row> content() {
        return content;
    }

    @Override
    public String toString() {
        return "snapshot \"" + name + "\", " + Amount.of(content.size(), "row");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.plan.ChaosException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows that are different between two snapshots.
 *
 * <pre>{@code
 * SnapshotDiff diff = snapshots.compare("accounts");
 * assertThat(diff.rows(SnapshotDiff.Kind.ADDED)).hasSize(1);
 * diff.assertEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class SnapshotDiff {

    private final Side before;
    private final Side after;
    private final Matching matching;
    private final List<Difference> differences;

    private SnapshotDiff(Side before, Side after, Matching matching, List<Difference> differences) {
        this.before = before;
        this.after = after;
        this.matching = matching;
        this.differences = differences;
    }

    /** What became of a row. */
    public enum Kind {
        /** Its cells are others. Never where equal rows are only counted. */
        CHANGED,
        /** It is gone. */
        REMOVED,
        /** It is new. */
        ADDED,
        /** It is elsewhere among the others; only where rows have a key and an order. */
        MOVED
    }

    /**
     * One row that is different.
     *
     * @param kind what became of it
     * @param name its key, {@code id=7}; else its place, {@code row 3}; else how many of these, {@code 2 x}
     * @param times how many equal rows this stands for; 1 unless equal rows are counted
     * @param cells of a changed row those that are different, of another all but the key; empty if they are not known
     */
    public record RowDiff(Kind kind, String name, int times, List<CellDiff> cells) {
        public RowDiff {
            cells = List.copyOf(cells);
        }
    }

    /**
     * One cell, before and after. Arrays other than of bytes are lists; what the library does not know is its text.
     *
     * @param column its label
     * @param before null as well if the row was added
     * @param after null as well if the row was removed
     */
    public record CellDiff(
            String column,
            @Nullable Object before,
            @Nullable Object after) {}

    static SnapshotDiff of(Side before, Side after, Matching matching) {
        List<String> old = sorted(before);
        List<String> now = sorted(after);
        if (!old.equals(now)) {
            List<String> lost = new ArrayList<>(old);
            lost.removeAll(now);
            List<String> gained = new ArrayList<>(now);
            gained.removeAll(old);
            throw new ChaosException(
                    "Snapshot \"" + after.snapshot().name() + "\" must have the columns that it had, but"
                            + (lost.isEmpty() ? "" : " lost " + String.join(", ", lost))
                            + (lost.isEmpty() || gained.isEmpty() ? "" : " and")
                            + (gained.isEmpty() ? "" : " gained " + String.join(", ", gained))
                            + ". Read the same columns each time, or recapture.");
        }
        List<Difference> differences = new Differ(before, after, matching).differences();
        return new SnapshotDiff(before, after, matching, List.copyOf(differences));
    }

    private static List<String> sorted(Side side) {
        return side.snapshot().columns().stream().sorted().toList();
    }

    /** Whether nothing is different. */
    public boolean isEmpty() {
        return differences.isEmpty();
    }

    /** How many rows, equal ones counted each. */
    public long count(Kind kind) {
        return differences.stream()
                .filter(difference -> difference.kind() == kind)
                .mapToLong(Difference::times)
                .sum();
    }

    /** The rows of one kind, in order. */
    public List<RowDiff> rows(Kind kind) {
        RowText text = new RowText(before, after, matching, true);
        return differences.stream()
                .filter(difference -> difference.kind() == kind)
                .map(difference -> new RowDiff(kind, text.name(difference), difference.times(), cells(difference)))
                .toList();
    }

    /** The lines of the message of {@link #assertEmpty()} below its first one: for a report that has more than one diff. */
    public List<String> describe() {
        return isEmpty()
                ? List.of()
                : text().message("write them into a file with writeTo(file)").lines().skip(1).toList();
    }

    /**
     * Fails if anything is different.
     *
     * @throws AssertionError with the counts, at most 20 rows, and how to see the rest
     */
    public void assertEmpty() {
        if (!isEmpty()) {
            throw new AssertionError(text().message("write them into a file with assertEmpty(directory)"));
        }
    }

    /**
     * Fails if anything is different; the whole diff is in a file then.
     *
     * @param directory where the file goes; made if it is not there
     * @throws AssertionError with the counts, at most 20 rows, and where the rest is
     */
    public void assertEmpty(Path directory) {
        if (isEmpty()) {
            return;
        }
        String file = before.snapshot().name().replaceAll("[^A-Za-z0-9._-]", "_") + ".diff.txt";
        Path written = writeTo(directory.resolve("snapshot-" + file));
        throw new AssertionError(text().message(written));
    }

    /**
     * Writes all rows that are different, with nothing cut, into a file; what was in it is lost.
     *
     * @return the same path
     * @throws UncheckedIOException if it can't be written
     */
    public Path writeTo(Path file) {
        try {
            Path directory = file.toAbsolutePath().getParent();
            if (directory != null) {
                Files.createDirectories(directory);
            }
            write(text().all(), file);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The diff of snapshot \"" + before.snapshot().name() + "\" must go into " + file
                            + ", but that failed: " + e + ". Name a file in a directory that can be written.",
                    e);
        }
    }

    private static void write(Stream<String> lines, Path file) throws IOException {
        try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            for (Iterator<String> line = lines.iterator(); line.hasNext(); ) {
                writer.append(line.next()).append('\n');
            }
        }
    }

    /** The message of {@link #assertEmpty()}, or that nothing is different. */
    @Override
    public String toString() {
        return isEmpty()
                ? "Snapshot \"" + before.snapshot().name() + "\" is as it was."
                : text().message("write them into a file with writeTo(file)");
    }

    private DiffText text() {
        return new DiffText(before, after, matching, differences);
    }

    private List<CellDiff> cells(Difference difference) {
        Row old = difference.before();
        Row now = difference.after();
        if ((old != null && !old.isWhole()) || (now != null && !now.isWhole()) || difference.kind() == Kind.MOVED) {
            return List.of();
        }
        if (old != null && now != null) {
            return changed(before, after, matching, old, now).stream()
                    .map(label -> cell(label, old, now))
                    .toList();
        }
        return before.columns().shown().stream()
                .map(label -> cell(label, old, now))
                .toList();
    }

    private CellDiff cell(String label, @Nullable Row old, @Nullable Row now) {
        return new CellDiff(
                label,
                old == null ? null : Cells.handedOut(old.cell(before.columns(), label)),
                now == null ? null : Cells.handedOut(now.cell(after.columns(), label)));
    }

    /** The labels of the cells that are different in two rows that belong together. */
    static List<String> changed(Side before, Side after, Matching matching, Row old, Row now) {
        return before.columns().shown().stream()
                .filter(label ->
                        !matching.isEqual(label, old.cell(before.columns(), label), now.cell(after.columns(), label)))
                .toList();
    }
}

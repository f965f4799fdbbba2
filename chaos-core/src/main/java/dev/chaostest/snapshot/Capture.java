// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the rows of one source, within the bound. */
final class Capture implements Rows {

    private final String name;
    private final Matching matching;
    private final Bound bound;
    private final Bound.Limits limits;
    private final List<Row> rows = new ArrayList<>();
    private @Nullable Columns columns;
    private long bytes;
    private long keyBytes;
    private boolean digesting;
    private boolean over;

    private Capture(String name, Matching matching, Bound bound, Bound.Limits limits) {
        this.name = name;
        this.matching = matching;
        this.bound = bound;
        this.limits = limits;
    }

    /** Reads the source; its own exceptions go on as they are, checked ones as the cause. */
    static Snapshot read(String name, Source source, Matching matching, Bound bound) {
        return read(name, source, matching, bound, Bound.Limits.ofDefaults());
    }

    static Snapshot read(String name, Source source, Matching matching, Bound bound, Bound.Limits limits) {
        Capture capture = new Capture(name, matching, bound, limits);
        try {
            source.read(capture);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new ChaosException(
                    "Snapshot \"" + name + "\" must be read from its source, but that failed: " + e
                            + ". See the cause.",
                    e);
        } finally {
            capture.over = true;
        }
        return new Snapshot(name, source, matching, capture.columns(), List.copyOf(capture.rows));
    }

    @Override
    public void columns(String... labels) {
        requireReading();
        if (columns != null) {
            throw new ChaosException("The source of snapshot \"" + name + "\" must name its columns once, but did it "
                    + "twice. Call columns(...) before the first row only.");
        }
        columns = Columns.of(name, List.of(labels), matching);
    }

    private Columns columns() {
        if (columns == null) {
            throw new ChaosException(
                    "The source of snapshot \"" + name + "\" must name its columns first, but did not. "
                            + "Call columns(...) before the first row, also if there is none.");
        }
        return columns;
    }

    private void requireReading() {
        if (over) {
            throw new ChaosException("The source of snapshot \"" + name + "\" must hand over its rows before it "
                    + "returns, but did it later. Wait for them in read(...).");
        }
    }

    @Override
    public void row(@Nullable Object... cells) {
        requireReading();
        Columns known = columns();
        int number = rows.size() + 1;
        if (cells.length != known.labels().size()) {
            throw new ChaosException("Row " + number + " of snapshot \"" + name + "\" must have a cell for each of the "
                    + Amount.of(known.labels().size(), "column") + ", but has " + cells.length + ". The columns are "
                    + String.join(", ", known.labels()) + ".");
        }
        if (number > limits.rows()) {
            throw tooLarge(Amount.of(limits.rows(), "row"));
        }
        rows.add(bounded(new Row(number, frozen(known, cells), null), known));
    }

    private List<@Nullable Object> frozen(Columns known, @Nullable Object[] cells) {
        List<@Nullable Object> frozen = new ArrayList<>(cells.length);
        for (int i = 0; i < cells.length; i++) {
            String label = known.labels().get(i);
            try {
                frozen.add(Cells.frozen(cells[i]));
            } catch (IllegalArgumentException e) {
                throw new ChaosException(
                        "Column \"" + label + "\" of snapshot \"" + name
                                + "\" must hold values that can be kept, but one " + e.getMessage()
                                + ". Hand over what matters of it, as text say.",
                        e);
            }
        }
        return Collections.unmodifiableList(frozen);
    }

    /** The row itself while there is room; from the first one without on, digests. */
    private Row bounded(Row row, Columns known) {
        bytes += Cells.weight(row.cells());
        digesting = digesting || row.number() > bound.rows() || bytes > bound.bytes();
        if (!digesting) {
            return row;
        }
        if (matching.needsCells()) {
            throw new ChaosException("Snapshot \"" + name + "\" must fit in " + Amount.of(bound.rows(), "row") + " and "
                    + Amount.of(bound.bytes(), "byte") + " to be compared with a tolerance or a comparison, but row "
                    + row.number()
                    + " is beyond. Raise the Bound, or compare exactly.");
        }
        List<@Nullable Object> key = row.key(known);
        keyBytes += Cells.weight(key);
        if (keyBytes > limits.keyBytes()) {
            throw tooLarge(Amount.of(limits.keyBytes(), "byte") + " of keys");
        }
        return new Row(row.number(), key, row.rest(known));
    }

    private ChaosException tooLarge(String limit) {
        return new ChaosException("Snapshot \"" + name + "\" must have at most " + limit
                + ", but has more. Capture a part of it, or sums.");
    }
}

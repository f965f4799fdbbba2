// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Objects as rows: each column reads one thing of them.
 *
 * <pre>{@code
 * Source accounts = Source.of(bank::accounts).column("id", Account::id).column("balance", Account::balance);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads if the supplier is.
 *
 * @since 0.1
 */
public final class Items<T> implements Source {

    private final Supplier<? extends Iterable<T>> items;
    private final List<String> labels;
    private final List<Function<? super T, ? extends @Nullable Object>> readers;

    Items(
            Supplier<? extends Iterable<T>> items,
            List<String> labels,
            List<Function<? super T, ? extends @Nullable Object>> readers) {
        this.items = Objects.requireNonNull(items, "items");
        this.labels = List.copyOf(labels);
        this.readers = List.copyOf(readers);
    }

    /** The same with one more column. */
    public Items<T> column(String label, Function<? super T, ? extends @Nullable Object> reader) {
        List<String> moreLabels = new ArrayList<>(labels);
        moreLabels.add(label);
        List<Function<? super T, ? extends @Nullable Object>> moreReaders = new ArrayList<>(readers);
        moreReaders.add(reader);
        return new Items<>(items, moreLabels, moreReaders);
    }

    @Override
    public void read(Rows rows) {
        rows.columns(labels.toArray(String[]::new));
        for (T item : items.get()) {
            rows.row(cells(item));
        }
    }

    private @Nullable Object[] cells(T item) {
        @Nullable Object[] cells = new Object[readers.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = readers.get(i).apply(item);
        }
        return cells;
    }
}

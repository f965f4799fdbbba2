// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small table that tests change: id, owner, balance. */
final class Accounts implements Source {

    private final List<Object[]> rows = new ArrayList<>();
    private final String[] labels;

    Accounts(String... labels) {
        this.labels = labels.length == 0 ? new String[] {"id", "owner", "balance"} : labels;
    }

    Accounts with(Object... cells) {
        rows.add(cells);
        return this;
    }

    void set(int row, int column, Object cell) {
        rows.get(row)[column] = cell;
    }

    void remove(int row) {
        rows.remove(row);
    }

    void insert(int row, Object... cells) {
        rows.add(row, cells);
    }

    @Override
    public void read(Rows sink) {
        sink.columns(labels);
        rows.forEach(row -> sink.row(Arrays.copyOf(row, row.length)));
    }
}

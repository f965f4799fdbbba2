// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as it was captured: with its cells, or with its key and a digest of the rest.
 *
 * @param number the how many-th row, from 1
 * @param cells frozen; those of the key only if there is a digest
 * @param digest null if all cells are there
 */
record Row(
        int number, List<@Nullable Object> cells, @Nullable Digest digest) {

    boolean isWhole() {
        return digest == null;
    }

    List<@Nullable Object> key(Columns columns) {
        return digest == null ? columns.pick(cells, columns.key()) : cells;
    }

    Digest rest(Columns columns) {
        return digest == null ? Digest.of(columns.pick(cells, columns.rest())) : digest;
    }

    @Nullable
    Object cell(Columns columns, String label) {
        return cells.get(columns.labels().indexOf(label));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row with its cells as text.
 *
 * @param bucket in which it is, as far as that is known
 * @param cells null is a value
 */
public record KeptRow(long key, long hash, int bucket, List<@Nullable String> cells) {

    private static final int FIRST_CELL = 5;

    static KeptRow of(ResultSet row, int columns) throws SQLException {
        List<@Nullable String> cells = new ArrayList<>(columns);
        for (int i = 0; i < columns; i++) {
            cells.add(row.getString(FIRST_CELL + i));
        }
        return new KeptRow(row.getLong(1), row.getLong(2), row.getInt(4), Collections.unmodifiableList(cells));
    }

    /** About how many bytes it takes in memory. */
    long weight() {
        long weight = 64;
        for (String cell : cells) {
            weight += cell == null ? 4 : 48 + 2L * cell.length();
        }
        return weight;
    }
}

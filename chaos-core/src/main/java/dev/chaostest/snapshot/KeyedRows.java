// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import dev.chaostest.plan.ChaosException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The rows of a snapshot by their keys, in order.
 *
 * @param byKey digests, since equal keys may be of different types
 */
record KeyedRows(Map<Digest, Row> byKey) {

    static KeyedRows of(Snapshot snapshot, Columns columns) {
        Map<Digest, Row> byKey = new LinkedHashMap<>();
        for (Row row : snapshot.content()) {
            Row other = byKey.putIfAbsent(Digest.of(row.key(columns)), row);
            if (other != null) {
                throw new ChaosException("The key of snapshot \"" + snapshot.name() + "\" must be there once, but "
                        + RowText.key(columns, row) + " is in rows " + other.number() + " and " + row.number()
                        + ". Add a column to keyedBy(...).");
            }
        }
        return new KeyedRows(byKey);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import java.util.List;

/**
 * One of the two that are compared.
 *
 * @param columns as the comparison sees them
 */
record Side(Snapshot snapshot, Columns columns) {

    List<Row> rows() {
        return snapshot.content();
    }
}

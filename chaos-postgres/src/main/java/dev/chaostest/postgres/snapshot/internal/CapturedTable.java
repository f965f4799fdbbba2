// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a table as it was.
 *
 * @param shape without the columns that don't count
 * @param memory its rows, if they are in memory
 * @param copy the name of the copy, if there is one
 */
record CapturedTable(
        TableShape shape,
        TableDigest digest,
        @Nullable List<KeptRow> memory,
        @Nullable String copy) {

    /** Whether its old rows are to be read by the transaction that saw them. */
    boolean isHeld() {
        return memory == null && copy == null;
    }
}

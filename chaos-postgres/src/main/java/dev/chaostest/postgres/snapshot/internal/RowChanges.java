// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.util.List;

/**
 * What became of the rows of a table: how many, and some of them with their cells.
 *
 * @param isKnown whether the old rows could be read; if not, the counts are 0 and say nothing
 * @param before some of those that changed or are gone, as they were
 * @param after some of those that changed or are new, as they are
 */
public record RowChanges(
        boolean isKnown, long changed, long removed, long added, List<KeptRow> before, List<KeptRow> after) {

    public RowChanges {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    static RowChanges unknown() {
        return new RowChanges(false, 0, 0, 0, List.of(), List.of());
    }
}

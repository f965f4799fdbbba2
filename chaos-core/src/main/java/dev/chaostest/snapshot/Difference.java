// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * One row that is different.
 *
 * @param before null if it was added
 * @param after null if it was removed
 * @param times how many equal rows this stands for
 */
record Difference(
        SnapshotDiff.Kind kind,
        @Nullable Row before,
        @Nullable Row after,
        int times) {

    static Difference changed(Row before, Row after) {
        return new Difference(SnapshotDiff.Kind.CHANGED, before, after, 1);
    }

    static Difference moved(Row before, Row after) {
        return new Difference(SnapshotDiff.Kind.MOVED, before, after, 1);
    }

    static Difference removed(Row before, int times) {
        return new Difference(SnapshotDiff.Kind.REMOVED, before, null, times);
    }

    static Difference added(Row after, int times) {
        return new Difference(SnapshotDiff.Kind.ADDED, null, after, times);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.snapshot.internal.RowSource.Places;
import dev.chaostest.postgres.snapshot.internal.TableSql.Place;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the old and the new rows of some buckets side by side, in their order, and finds those that are not in both.
 * However many there are, memory holds only the places of at most {@value #SHOWN_MAX} of each kind.
 *
 * <p>What was read as old must be what was digested then. A transaction that began before a TRUNCATE sees an empty table
 * after it (PostgreSQL documentation, 13.6); without this look, rows that are there still would count as new.
 */
final class RowMerge {

    private static final int SHOWN_MAX = 300;

    private final TableDigest then;
    private final Collection<Integer> buckets;
    private final boolean keyed;
    private final TableDigest read;
    private final Kind changed = new Kind();
    private final Kind removed = new Kind();
    private final Kind added = new Kind();
    private final Deque<Place> gone = new ArrayDeque<>();
    private final Deque<Place> come = new ArrayDeque<>();
    private long key;

    RowMerge(TableDigest then, Collection<Integer> buckets, boolean keyed) {
        this.then = then;
        this.buckets = buckets;
        this.keyed = keyed;
        this.read = new TableDigest(then.buckets());
    }

    /** What became of rows in one way. */
    private static final class Kind {
        private final List<Place> before = new ArrayList<>();
        private final List<Place> after = new ArrayList<>();
        private long count;

        void add(@Nullable Place old, @Nullable Place now) {
            if (count++ >= SHOWN_MAX) {
                return;
            }
            if (old != null) {
                before.add(old);
            }
            if (now != null) {
                after.add(now);
            }
        }
    }

    RowChanges changes(RowSource old, RowSource now) throws SQLException {
        try (Places before = old.places(then.buckets(), buckets);
                Places after = now.places(then.buckets(), buckets)) {
            merge(before, after);
        }
        boolean isAsThen = buckets.stream().allMatch(bucket -> then.isSame(read, bucket));
        if (!isAsThen) {
            return RowChanges.unknown();
        }
        return new RowChanges(
                true,
                changed.count,
                removed.count,
                added.count,
                old.at(concat(changed.before, removed.before)),
                now.at(concat(changed.after, added.after)));
    }

    private void merge(Places before, Places after) throws SQLException {
        Place old = nextOld(before);
        Place now = after.next();
        while (old != null || now != null) {
            int order = old == null ? 1 : now == null ? -1 : compare(old, now);
            beginKey(order <= 0 && old != null ? old.key() : now == null ? 0 : now.key());
            if (order < 0 && old != null) {
                gone.add(old);
            }
            if (order > 0 && now != null) {
                come.add(now);
            }
            if (!keyed) {
                settle(); // equal rows may be many
            }
            old = order <= 0 ? nextOld(before) : old;
            now = order >= 0 ? after.next() : now;
        }
        settle();
    }

    private @Nullable Place nextOld(Places before) throws SQLException {
        Place next = before.next();
        if (next != null) {
            read.add(next.bucket(), next.hash());
        }
        return next;
    }

    private static int compare(Place old, Place now) {
        int byKey = Long.compare(old.key(), now.key());
        return byKey != 0 ? byKey : Long.compare(old.hash(), now.hash());
    }

    private void beginKey(long next) {
        if (next != key) {
            settle();
            key = next;
        }
    }

    /** What is left of one key, old and new, is one row that changed. */
    private void settle() {
        while (!gone.isEmpty() && !come.isEmpty()) {
            changed.add(gone.remove(), come.remove());
        }
        while (!gone.isEmpty()) {
            removed.add(gone.remove(), null);
        }
        while (!come.isEmpty()) {
            added.add(null, come.remove());
        }
    }

    private static List<Place> concat(List<Place> some, List<Place> more) {
        List<Place> all = new ArrayList<>(some);
        all.addAll(more);
        return all;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holds what one committed transaction wrote, in order.
 *
 * <p>What a savepoint took back is not in it, nor is what it did besides rows: sequences, DDL, large objects, temporary and
 * unlogged tables. Changes by triggers and by cascades are in it.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param xid the transaction's id, without the epoch: 32 bits; that of the whole transaction, also for rows behind savepoints
 * @param committedAt by the server's clock
 * @param changes in the order in which they were made
 * @param dropped how many more there were: beyond the bound, or too large
 * @since 0.1
 */
public record WrittenTransaction(long xid, Instant committedAt, List<RowChange> changes, long dropped) {

    public WrittenTransaction {
        changes = List.copyOf(changes);
    }

    /** The tables that it changed; complete only if nothing was dropped. */
    public Set<TableName> tables() {
        return changes.stream().map(RowChange::table).collect(Collectors.toUnmodifiableSet());
    }

    /** How many changes of this table it has, without the dropped ones. */
    public long count(String table) {
        return changes.stream()
                .filter(change -> change.table().name().equals(table))
                .count();
    }

    @Override
    public String toString() {
        return "transaction " + xid + ": " + changes + (dropped == 0 ? "" : " and " + dropped + " more");
    }
}

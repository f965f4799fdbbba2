// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.snapshot.internal.TableChange.Kind;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares tables as they were with what a transaction sees now.
 *
 * @param seen sees the old rows of those that are neither in memory nor copied; null if there are none of these
 */
record Comparison(String schema, ReadTransaction now, @Nullable ReadTransaction seen) {

    private static final String HIDDEN = "its old rows can't be seen any more: it was truncated, rewritten or made anew "
            + "meanwhile; name it in copying(...) for a copy of them";

    /** What became of a table, if anything did. */
    Optional<TableChange> change(CapturedTable table, @Nullable TableShape shapeNow) throws SQLException {
        TableShape shape = table.shape();
        long before = table.digest().rows();
        if (shapeNow == null) {
            return Optional.of(TableChange.of(Kind.DROPPED, shape, before, 0, RowChanges.unknown(), null));
        }
        if (!shape.isIn(shapeNow) || shapeNow.isForeign()) {
            long after = shapeNow.isForeign() ? 0 : count(shapeNow);
            return Optional.of(TableChange.of(
                    Kind.RESHAPED, shape, before, after, RowChanges.unknown(), "its columns are not what they were"));
        }
        TableShape as = new TableShape(shape.name(), shapeNow.kind(), shapeNow.bytes(), shape.columns(), shape.key());
        TableSql sql = TableSql.of(schema, as);
        TableDigest digest = TableDigest.read(now, sql, table.digest().buckets());
        Set<Integer> differing = table.digest().differing(digest);
        return differing.isEmpty() ? Optional.empty() : Optional.of(rows(table, sql, digest, differing));
    }

    private long count(TableShape shape) throws SQLException {
        TableShape empty = new TableShape(shape.name(), shape.kind(), 0, List.of(), List.of());
        return TableDigest.read(now, TableSql.of(schema, empty), 16).rows();
    }

    /** A table that was not there. */
    TableChange added(TableShape shape) throws SQLException {
        return TableChange.of(Kind.ADDED, shape, 0, shape.isForeign() ? 0 : count(shape), RowChanges.unknown(), null);
    }

    private TableChange rows(CapturedTable table, TableSql sql, TableDigest digest, Set<Integer> differing)
            throws SQLException {
        RowMerge merge = new RowMerge(table.digest(), differing, table.shape().isKeyed());
        RowSource current = new RowSource.OnServer(now, sql);
        RowChanges changes = RowChanges.unknown();
        String why = null;
        try {
            changes = changes(table, merge, current);
            why = changes.isKnown() ? null : HIDDEN;
        } catch (SQLException e) {
            if (!now.isUsable()) {
                throw e;
            }
            why = "its old rows can't be read any more: the database answered " + e.getSQLState();
        }
        return TableChange.of(
                Kind.CHANGED, table.shape(), table.digest().rows(), digest.rows(), changes, why);
    }

    private RowChanges changes(CapturedTable table, RowMerge merge, RowSource current) throws SQLException {
        List<KeptRow> memory = table.memory();
        if (memory != null) {
            return merge.changes(new RowSource.InMemory(memory), current);
        }
        String copy = table.copy();
        if (copy != null) {
            TableSql sql = TableSql.ofCopy(copy, table.shape());
            return now.reading(same -> merge.changes(new RowSource.OnServer(same, sql), current));
        }
        TableSql sql = TableSql.of(schema, table.shape());
        return seen == null
                ? RowChanges.unknown()
                : seen.reading(then -> merge.changes(new RowSource.OnServer(then, sql), current));
    }
}

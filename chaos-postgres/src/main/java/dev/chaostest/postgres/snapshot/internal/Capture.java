// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.Run;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.internal.Nearest;
import dev.chaostest.postgres.isolation.SchemaOptions;
import dev.chaostest.postgres.isolation.SchemaSweep;
import dev.chaostest.postgres.isolation.TestSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Reads a schema at one moment, and sees to it that the old rows can be read later. For use by one thread. */
final class Capture {

    /** A table that is not larger is read as a whole: then neither TRUNCATE nor a crash can hide what was in it. */
    private static final long SMALL_BYTES = 256 << 10;

    private static final int ROWS_FETCHED = 100;
    private static final String COPIES = "chaos_snapshot";

    private final DataSource source;
    private final String schema;
    private final CaptureSettings settings;
    private final ReadTransaction seen;
    private long memoryLeft;
    private @Nullable TestSchema copies;

    Capture(DataSource source, String schema, CaptureSettings settings, ReadTransaction seen) {
        this.source = source;
        this.schema = schema;
        this.settings = settings;
        this.seen = seen;
        this.memoryLeft = settings.memory();
    }

    /** All tables as they are, checked against what the settings name. */
    Map<String, TableShape> shapes() throws SQLException {
        Map<String, TableShape> shapes = Shapes.of(seen, schema);
        requireKnown(shapes);
        return shapes;
    }

    private void requireKnown(Map<String, TableShape> shapes) {
        for (String table : settings.named()) {
            if (!shapes.containsKey(table)) {
                throw new ChaosException(
                        "Table \"" + table + "\" of the snapshot's options must be in schema \"" + schema
                                + "\", but there "
                                + (shapes.isEmpty()
                                        ? "is none. Load the tables first."
                                        : "are " + String.join(", ", shapes.keySet()) + ". Did you mean \""
                                                + Nearest.of(table, List.copyOf(shapes.keySet())) + "\"?"));
            }
        }
        settings.ignoredColumns()
                .forEach((table, columns) -> requireColumns(Objects.requireNonNull(shapes.get(table)), columns));
        for (TableShape shape : shapes.values()) {
            if (shape.isForeign() && !settings.ignoredTables().contains(shape.name())) {
                throw new ChaosException("Foreign table \"" + shape.name() + "\" must be ignored, since its rows are "
                        + "another server's and belong to no snapshot of this one. Use ignoringTable(\"" + shape.name()
                        + "\").");
            }
        }
    }

    private static void requireColumns(TableShape table, Set<String> ignored) {
        List<String> names = table.columns().stream().map(Column::name).toList();
        for (String column : ignored) {
            if (!names.contains(column)) {
                throw new ChaosException("ignoring(\"" + table.name() + "\", \"" + column
                        + "\") must name a column of that table, but its columns are " + String.join(", ", names)
                        + ". Did you mean \"" + Nearest.of(column, names) + "\"?");
            }
            if (table.key().contains(column)) {
                throw new ChaosException("ignoring(\"" + table.name() + "\", \"" + column
                        + "\") must not name a part of the primary key, by which rows are told from each other. Ignore "
                        + "the whole table with ignoringTable(\"" + table.name() + "\").");
            }
        }
    }

    /** The tables that count, each with its digest and its old rows. */
    Map<String, CapturedTable> tables(Map<String, TableShape> shapes) throws SQLException {
        Map<String, CapturedTable> captured = new TreeMap<>();
        List<CapturedTable> toCopy = new ArrayList<>();
        for (TableShape whole : shapes.values()) {
            if (settings.ignoredTables().contains(whole.name())) {
                continue;
            }
            TableShape shape = whole.without(settings.ignoredColumns().getOrDefault(whole.name(), Set.of()));
            CapturedTable table = table(shape);
            captured.put(shape.name(), table);
            if (table.isHeld() && settings.isCopied(shape.name())) {
                toCopy.add(table);
            }
        }
        copy(toCopy).forEach(table -> captured.put(table.shape().name(), table));
        return captured;
    }

    private CapturedTable table(TableShape shape) throws SQLException {
        TableSql sql = TableSql.of(schema, shape);
        int buckets = TableDigest.bucketsFor(shape.bytes());
        if (shape.bytes() <= SMALL_BYTES) {
            List<KeptRow> rows = inMemory(sql, buckets);
            if (rows != null) {
                TableDigest digest = new TableDigest(buckets);
                rows.forEach(row -> digest.add(row.bucket(), row.hash()));
                return new CapturedTable(shape, digest, List.copyOf(rows), null);
            }
        }
        return new CapturedTable(shape, TableDigest.read(seen, sql, buckets), null, null);
    }

    /** Null if there is no room for them. */
    private @Nullable List<KeptRow> inMemory(TableSql sql, int buckets) throws SQLException {
        List<KeptRow> rows = new ArrayList<>();
        long left = memoryLeft;
        try (ReadTransaction.Cursor cursor = seen.open(sql.all(buckets), ROWS_FETCHED)) {
            while (cursor.rows().next()) {
                KeptRow row = KeptRow.of(cursor.rows(), sql.columns());
                left -= row.weight();
                if (left < 0) {
                    return null;
                }
                rows.add(row);
            }
        }
        memoryLeft = left;
        return rows;
    }

    /** In a transaction of its own, which sees the same: what is made must be committed, and the other one stays open. */
    private List<CapturedTable> copy(List<CapturedTable> tables) throws SQLException {
        List<CapturedTable> copied = new ArrayList<>();
        if (tables.isEmpty()) {
            return copied;
        }
        SchemaOptions options = SchemaOptions.ofDefaults(Run.random()).withPrefix(COPIES);
        SchemaSweep.run(source, COPIES, SchemaSweep.DEFAULT_AGE, options.clock().instant());
        TestSchema made = TestSchema.create(source, options);
        copies = made;
        try (ReadTransaction copying = ReadTransaction.joining(source, settings.timeout(), seen.exported())) {
            for (CapturedTable table : tables) {
                String name = made.qualify("t" + copied.size());
                copying.execute(TableSql.of(schema, table.shape()).copy(name));
                copied.add(new CapturedTable(table.shape(), table.digest(), null, name));
            }
            copying.commit();
        }
        return copied;
    }

    /** Where the copies are, if there are any. */
    @Nullable
    TestSchema copies() {
        return copies;
    }
}

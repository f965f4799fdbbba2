// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.TestSchema;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A schema as it was, and what is needed to read its old rows. One thread at a time compares. */
public final class Captured implements AutoCloseable {

    private final DataSource source;
    private final String schema;
    private final CaptureSettings settings;
    private Map<String, TableShape> shapes = Map.of();
    private Map<String, String> catalog = Map.of();
    private Map<String, String> sequences = Map.of();
    private Map<String, CapturedTable> tables = Map.of();
    private @Nullable ReadTransaction seen;
    private @Nullable TestSchema copies;

    private Captured(DataSource source, String schema, CaptureSettings settings) {
        this.source = source;
        this.schema = schema;
        this.settings = settings;
    }

    /** Reads it now. */
    public static Captured of(DataSource source, String schema, CaptureSettings settings) throws SQLException {
        Captured captured = new Captured(source, schema, settings);
        try {
            captured.capture();
            return captured;
        } catch (SQLException | RuntimeException e) {
            try {
                captured.close();
            } catch (RuntimeException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private void capture() throws SQLException {
        ReadTransaction transaction = ReadTransaction.begin(source, settings.timeout());
        seen = transaction;
        Capture capture = new Capture(source, schema, settings, transaction);
        try {
            transaction.reading(reading -> {
                shapes = capture.shapes();
                catalog = definitions(reading);
                tables = capture.tables(shapes);
                sequences = sequences(reading);
                return schema;
            });
        } finally {
            copies = capture.copies();
        }
        if (tables.values().stream().noneMatch(CapturedTable::isHeld)) {
            seen = null;
            transaction.close();
        }
    }

    private Map<String, String> definitions(ReadTransaction transaction) throws SQLException {
        return settings.definitions() ? Catalog.read(transaction, schema) : Map.of();
    }

    private Map<String, String> sequences(ReadTransaction transaction) throws SQLException {
        return settings.sequences() ? Sequences.read(transaction, schema) : Map.of();
    }

    /** How many rows each table had. */
    public Map<String, Long> rows() {
        Map<String, Long> rows = new TreeMap<>();
        tables.forEach((name, table) -> rows.put(name, table.digest().rows()));
        return rows;
    }

    /**
     * What is different now.
     *
     * @param tables those that are different, by name in order
     * @param catalogBefore all definitions, as they were; empty if they don't count
     * @param sequencesBefore all states, as they were; empty if they don't count
     */
    public record Differences(
            List<TableChange> tables,
            Map<String, String> catalogBefore,
            Map<String, String> catalogAfter,
            Map<String, String> sequencesBefore,
            Map<String, String> sequencesAfter) {}

    /** Reads the schema again. */
    public Differences compare() throws SQLException {
        try (ReadTransaction now = ReadTransaction.begin(source, settings.timeout())) {
            Map<String, TableShape> shapesNow = Shapes.of(now, schema);
            List<TableChange> changes = new ArrayList<>();
            Comparison comparison = new Comparison(schema, now, seen);
            for (CapturedTable table : tables.values()) {
                comparison.change(table, shapesNow.get(table.shape().name())).ifPresent(changes::add);
            }
            for (TableShape table : shapesNow.values()) {
                if (!shapes.containsKey(table.name())) {
                    changes.add(comparison.added(table));
                }
            }
            return new Differences(
                    List.copyOf(changes),
                    catalog,
                    definitions(now),
                    sequences,
                    sequences(now));
        }
    }

    /** What sees or holds the old rows is given back. */
    @Override
    public void close() {
        ReadTransaction held = seen;
        seen = null;
        try {
            if (held != null) {
                held.close();
            }
        } catch (SQLException gone) { // then it holds nothing any more
            return;
        } finally {
            if (copies != null) {
                copies.close();
            }
        }
    }

    /** What to throw when the server refuses. */
    public static ChaosException unreadable(String schema, SQLException e) {
        String blocked = "55P03".equals(e.getSQLState()) || "57014".equals(e.getSQLState())
                ? "End the transactions that the test began, or give it more time with withTimeout(...)."
                : "Check that the role may read all of it, or ignore what it may not with ignoringTable(...).";
        String answer = e.getSQLState() == null ? "there was no answer" : "the database answered " + e.getSQLState();
        return new ChaosException(
                "Schema \"" + schema + "\" must be readable, but " + answer + ": " + e.getMessage() + ". " + blocked,
                e);
    }
}

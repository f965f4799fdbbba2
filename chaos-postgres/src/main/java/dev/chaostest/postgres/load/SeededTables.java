// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.plan.ChaosException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;

/**
 * Plain tables with rows in bulk, in the first schema of the DataSource's search path: {@code load_table_1}, {@code
 * load_table_2} ..., each with an id, a text of 32 characters that follows from it, and a time. Closing drops them.
 *
 * <p>The rows are written by the server, two statements for each table. A table that is there already is not touched, and
 * refused.
 *
 * <pre>{@code
 * try (SeededTables tables = SeededTables.create(orders, 5, 1_000)) {
 *     report.run(tables.names());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class SeededTables implements AutoCloseable {

    private static final int TABLES_MAX = 1_000;
    private static final int ROWS_MAX = 10_000_000;

    private final DataSource source;
    private final String schema;
    private final List<String> names;
    private final AtomicBoolean there = new AtomicBoolean(true);

    private SeededTables(DataSource source, String schema, List<String> names) {
        this.source = source;
        this.schema = schema;
        this.names = names;
    }

    /**
     * Creates and fills them, all or none.
     *
     * @param source of an isolated schema, best
     * @param tables 1 to 1,000
     * @param rows of each, 0 to 10,000,000
     * @throws ChaosException if a number is out of range, if one is there already, or if they can't be created
     */
    public static SeededTables create(DataSource source, int tables, int rows) {
        if (tables < 1 || tables > TABLES_MAX || rows < 0 || rows > ROWS_MAX) {
            throw new ChaosException("Seeded tables must be 1 to " + TABLES_MAX + " with 0 to " + ROWS_MAX
                    + " rows each, but were " + tables + " with " + rows + ". Make fewer or smaller ones.");
        }
        List<String> names = IntStream.rangeClosed(1, tables)
                .mapToObj(n -> "load_table_" + n)
                .toList();
        try {
            String schema = Batch.inOneTransaction(
                    source,
                    names.stream()
                            .flatMap(name -> statements(name, rows).stream())
                            .toList());
            return new SeededTables(source, schema, names);
        } catch (SQLException e) {
            throw new ChaosException(
                    "Seeded tables must be created, but that failed with " + e.getSQLState()
                            + ". Use a schema of its own, without tables load_table_*; see the cause.",
                    e);
        }
    }

    private static List<String> statements(String name, int rows) {
        return List.of(
                "CREATE TABLE " + name + " (id int PRIMARY KEY, data text NOT NULL,"
                        + " created_at timestamptz NOT NULL DEFAULT now())",
                "INSERT INTO " + name + " (id, data) SELECT n, md5(n::text) FROM generate_series(1, " + rows
                        + ") AS n");
    }

    /** What they are called, in order. */
    public List<String> names() {
        return names;
    }

    /**
     * Drops them. Twice is harmless.
     *
     * @throws ChaosException if they can't be dropped, since somebody uses them for 10 s for instance
     */
    @Override
    public void close() {
        if (!there.compareAndSet(true, false)) {
            return;
        }
        try {
            Batch.inOneTransaction(
                    source,
                    List.of("DROP TABLE IF EXISTS "
                            + names.stream().map(name -> schema + "." + name).collect(Collectors.joining(", "))));
        } catch (SQLException e) {
            throw new ChaosException(
                    "Seeded tables must be dropped, but that failed with " + e.getSQLState()
                            + ". End what still uses them; see the cause.",
                    e);
        }
    }
}

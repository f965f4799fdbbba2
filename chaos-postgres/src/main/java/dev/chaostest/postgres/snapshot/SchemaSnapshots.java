// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.plan.ChaosException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/**
 * Captures a schema, all tables at one moment, and says later what became of it.
 *
 * <p>Rows are digested on the server; only where a digest is another, rows are read. So a large table costs a scan, not
 * memory.
 *
 * <pre>{@code
 * try (SchemaSnapshots snapshots = SchemaSnapshots.of(admin, "bank")) {
 *     SchemaSnapshot before = snapshots.capture();
 *     assertThrows(PaymentException.class, () -> service.transfer(1, 2, 100));
 *     before.assertUnchanged();
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class SchemaSnapshots implements AutoCloseable {

    private static final int OPEN_MAX = 20;

    private final DataSource source;
    private final String schema;
    private final SnapshotOptions options;
    private final List<SchemaSnapshot> open = new CopyOnWriteArrayList<>();

    private SchemaSnapshots(DataSource source, String schema, SnapshotOptions options) {
        this.source = source;
        this.schema = schema;
        this.options = options;
    }

    /** As {@link #of(DataSource, String, SnapshotOptions)}, by default options. */
    public static SchemaSnapshots of(DataSource source, String schema) {
        return of(source, schema, SnapshotOptions.ofDefaults());
    }

    /**
     * Captures this schema; nothing is read yet.
     *
     * @param source hands out connections of a role that may read the schema; best not the pool under test, since up to two
     *     are needed at a time, one of them for as long as a snapshot with large tables is open
     * @param schema its name as the catalog has it: neither quoted nor folded
     */
    public static SchemaSnapshots of(DataSource source, String schema, SnapshotOptions options) {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(schema, "schema");
        Objects.requireNonNull(options, "options");
        return new SchemaSnapshots(source, schema, options);
    }

    /**
     * Reads the schema as it is now: what is committed.
     *
     * @return open until it, or this, is closed
     * @throws ChaosException if the schema is not there or can't be read, if the options name what is not there, or if 20
     *     are open already
     */
    public SchemaSnapshot capture() {
        return capture(options);
    }

    /** As {@link #capture()}, with other options. */
    public SchemaSnapshot capture(SnapshotOptions others) {
        if (open.size() >= OPEN_MAX) {
            throw new ChaosException("At most " + OPEN_MAX + " snapshots of schema \"" + schema
                    + "\" must be open at a time, but this is one more. Close those that are not needed any more.");
        }
        SchemaSnapshot captured = SchemaSnapshot.capture(source, schema, others, open::remove);
        open.add(captured);
        return captured;
    }

    String schema() {
        return schema;
    }

    DataSource source() {
        return source;
    }

    /** Closes the snapshots that are open still. Twice is harmless. */
    @Override
    public void close() {
        open.forEach(SchemaSnapshot::close);
        open.clear();
    }

    @Override
    public String toString() {
        return "snapshots of schema \"" + schema + "\"";
    }
}

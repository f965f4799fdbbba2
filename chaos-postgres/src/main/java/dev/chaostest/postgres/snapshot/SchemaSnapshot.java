// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot;

import dev.chaostest.internal.Amount;
import dev.chaostest.postgres.snapshot.internal.Captured;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;

/**
 * What a schema held at one moment: all tables as one transaction saw them.
 *
 * <p>What is committed counts, not what a transaction that is open still has done. A table is compared by the digests of
 * its rows, made on the server. Equal is what is the same to the last bit: 1.0 and 1.00, 0.0 and -0.0, {@code json} texts
 * with other blanks are different, whatever the type's {@code =} says. In which order rows are read or stored does not
 * matter, nor does in which partition they are. Without a primary key, equal rows are counted.
 *
 * <p>Where the old rows are: those of small tables (up to 256 KiB on disk, 16 MiB in all) in memory; those of others stay
 * readable on the server, since a transaction of ours stays open that saw them. It holds no lock on any table, but VACUUM
 * can't remove what it may see, and CREATE INDEX CONCURRENTLY waits for it. After TRUNCATE, or when a table was rewritten or
 * made anew, it can't see them any more: then the diff still says that the table changed, and that its old rows can't be
 * told. {@link SnapshotOptions#copying} makes copies for such tests.
 *
 * <p>Not in it: large objects, and foreign tables, which must be ignored.
 *
 * <p>A count and a sum of hashes of 64 bits are compared for each of up to 1,024 parts of a table: that a change goes unseen
 * is about as likely as that two random numbers of that size are equal, unless somebody constructs one.
 *
 * <p>Safe for use by many threads; they wait for each other. Source: PostgreSQL documentation, 13.2.2 (repeatable read),
 * 13.6 (caveats). Works on PostgreSQL 15 to 18.
 *
 * @since 0.1
 */
public final class SchemaSnapshot implements AutoCloseable {

    private final String schema;
    private final Captured captured;
    private final Consumer<SchemaSnapshot> whenClosed;
    private boolean closed;

    private SchemaSnapshot(String schema, Captured captured, Consumer<SchemaSnapshot> whenClosed) {
        this.whenClosed = whenClosed;
        this.schema = schema;
        this.captured = captured;
    }

    static SchemaSnapshot capture(
            DataSource source, String schema, SnapshotOptions options, Consumer<SchemaSnapshot> whenClosed) {
        try {
            return new SchemaSnapshot(schema, Captured.of(source, schema, options.settings()), whenClosed);
        } catch (SQLException e) {
            throw Captured.unreadable(schema, e);
        }
    }

    /** How many rows each table had. */
    public Map<String, Long> rows() {
        return captured.rows();
    }

    /**
     * Reads the schema again and says what is different.
     *
     * @throws dev.chaostest.plan.ChaosException if it can't be read
     * @throws IllegalStateException if this is closed
     */
    public synchronized SchemaDiff diff() {
        if (closed) {
            throw new IllegalStateException("The snapshot of schema \"" + schema
                    + "\" must be open to be compared, but is closed. Compare before it, or the test, ends.");
        }
        try {
            return SchemaDiff.of(schema, captured.compare());
        } catch (SQLException e) {
            throw Captured.unreadable(schema, e);
        }
    }

    /**
     * Fails unless all rows, sequences and definitions that count are what they were.
     *
     * @throws AssertionError with what is different
     */
    public void assertUnchanged() {
        diff().assertEmpty();
    }

    /** Ends the transaction that sees the old rows, and drops the copies. Twice is harmless. */
    @Override
    public synchronized void close() {
        closed = true;
        whenClosed.accept(this);
        captured.close();
    }

    @Override
    public String toString() {
        return "snapshot of schema \"" + schema + "\", "
                + Amount.of(captured.rows().size(), "table");
    }
}

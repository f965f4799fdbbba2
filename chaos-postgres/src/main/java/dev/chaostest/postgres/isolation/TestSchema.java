// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Address;
import dev.chaostest.postgres.isolation.internal.Creation;
import dev.chaostest.postgres.isolation.internal.Drop;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import dev.chaostest.postgres.isolation.internal.Script;
import dev.chaostest.postgres.isolation.internal.Siblings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a schema for one test, and drops it afterwards.
 *
 * <p>Every connection made with {@link #driverProperties} has it as its default from the start, and again after {@code
 * RESET search_path}, {@code RESET ALL} and {@code DISCARD ALL}. Tests in parallel, with the same table names, don't see
 * each other.
 *
 * <p>What a schema does <em>not</em> isolate, since it belongs to the database or the server: keys of advisory locks,
 * {@code NOTIFY} channels, ids of prepared transactions, roles and their settings, extensions, statistics, large objects,
 * and whatever is named with its schema ({@code public.account}, as {@code pg_dump} writes). Temporary tables and settings
 * belong to a session anyway.
 *
 * <p>Defaults: see {@link SchemaOptions}. A schema that a killed run left behind is removed by {@link SchemaSweep}.
 *
 * <pre>{@code
 * SchemaOptions options = SchemaOptions.ofDefaults(run).withScripts(TransferTest.class, "bank.sql");
 * try (TestSchema schema = TestSchema.create(admin, options);
 *         Twin bank = Twin.of(original, schema.driverProperties())) {
 *     new TransferService(bank.dataSource()).transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class TestSchema implements AutoCloseable {

    private final DataSource admin;
    private final SchemaOptions options;
    private final SchemaName name;
    private final Address address;
    private final Siblings<TestSchema> siblings = new Siblings<>();
    private volatile @Nullable String kept;
    private volatile boolean closed;
    private volatile boolean dropped;

    private TestSchema(DataSource admin, SchemaOptions options, SchemaName name, Address address) {
        this.admin = admin;
        this.options = options;
        this.name = name;
        this.address = address;
    }

    /**
     * Makes a schema and runs its scripts in it.
     *
     * <p>All scripts are read first. Each goes to the server as a whole, in one transaction with the schema's creation; so
     * a script that fails leaves nothing. A script may commit; then what it committed goes with the schema.
     *
     * @param admin hands out connections whose role may create schemas; they are given back as they came, except for what
     *     scripts set
     * @throws ChaosException if the name is too long, a script is missing or fails, or the role may not create schemas
     */
    public static TestSchema create(DataSource admin, SchemaOptions options) {
        List<Script> scripts = options.scripts().stream()
                .map(location -> Script.read(options.origin(), location))
                .toList();
        Creation creation = new Creation(
                () -> SchemaName.next(
                        options.prefix(), options.run(), options.clock().instant()),
                scripts,
                options.includePublic(),
                options.dropTimeout());
        try (Connection connection = admin.getConnection()) {
            Address address = Address.of(connection); // first: what fails behind the creation would leave the schema
            return new TestSchema(admin, options, creation.run(connection), address);
        } catch (SQLException e) {
            throw new ChaosException(
                    "A schema with prefix \"" + options.prefix() + "\" must be creatable, but the database answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Check that the server runs.",
                    e);
        }
    }

    /** The name as the catalogue has it: neither quoted nor folded. */
    public String name() {
        return name.text();
    }

    /** The name as SQL takes it, whatever it holds. */
    public String quoted() {
        return name.quoted();
    }

    /**
     * A table of this schema as SQL takes it.
     *
     * @param table its name as the catalogue has it: {@code account}, not {@code Account}, unless it was made quoted
     */
    public String qualify(String table) {
        return quoted() + "." + SchemaName.quote(table);
    }

    /** What a connection needs so that this schema is its default: pgjdbc's {@code currentSchema}. */
    public Map<String, String> driverProperties() {
        return Map.of("currentSchema", searchPath());
    }

    private String searchPath() {
        return name.searchPath(options.includePublic());
    }

    /**
     * Makes another schema for the same test; it is kept or dropped with this one.
     *
     * <p>A sweep finds it under its own prefix.
     *
     * @param prefix the first part of its name
     * @param scripts what to run in it, found as this schema's scripts are
     * @throws ChaosException as {@link #create} does
     * @throws IllegalStateException if this schema is closed
     */
    public TestSchema sibling(String prefix, String... scripts) {
        requireOpen();
        TestSchema sibling = create(admin, options.withPrefix(prefix).withScripts(options.origin(), scripts));
        siblings.add(sibling);
        if (closed) {
            sibling.close();
            requireOpen();
        }
        return sibling;
    }

    /**
     * Keeps the schema and its siblings when they are closed: for a failed test.
     *
     * @param why one sentence
     * @return where they are and how to look into them; holds no password
     * @throws IllegalStateException if the schema is closed
     */
    public String keep(String why) {
        requireOpen();
        kept = why;
        StringBuilder text = new StringBuilder(description(why));
        for (TestSchema sibling : siblings.all()) {
            if (!sibling.closed) {
                text.append('\n').append(sibling.keep(why));
            }
        }
        return text.toString();
    }

    /** Whether closing leaves it. */
    public boolean isKept() {
        return kept != null;
    }

    private String description(String why) {
        return "Schema \"" + name() + "\" is kept: " + why
                + "\n  psql : " + address.psql(searchPath())
                + "\n  jdbc : " + address.jdbc(searchPath())
                + "\n  drop : DROP SCHEMA " + quoted() + " CASCADE;";
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "Schema \"" + name() + "\" must be open, but is closed. Use it before the test ends.");
        }
    }

    /**
     * Drops the schema and its siblings with all that is in them, unless kept. Twice is harmless; after a failure it tries
     * again.
     *
     * @throws ChaosException if sessions lock it for longer than the timeout, with their pids and queries; or if it can't
     *     be dropped for another reason
     */
    @Override
    public void close() {
        closed = true;
        siblings.closeAndThen(TestSchema::close, this::drop);
    }

    private void drop() {
        if (dropped || isKept()) {
            return;
        }
        try (Connection connection = admin.getConnection()) {
            new Drop(name, options.dropTimeout()).run(connection);
            dropped = true;
        } catch (SQLException e) {
            throw new ChaosException(
                    "Schema \"" + name() + "\" must be dropped after its test, but the database answered "
                            + e.getSQLState() + ": " + e.getMessage() + ". Drop it by hand, or leave it to the sweep.",
                    e);
        }
    }

    @Override
    public String toString() {
        return "schema \"" + name() + "\"";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.Address;
import dev.chaostest.postgres.isolation.internal.DatabaseName;
import dev.chaostest.postgres.isolation.internal.DatabaseStock;
import dev.chaostest.postgres.isolation.internal.Siblings;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes a database for one test, and drops it afterwards.
 *
 * <p>It is copied from a template, which holds what the scripts make: they run once for each change of them, whatever the
 * number of tests and of test processes. So they may take their time, and may do what a schema's can't: create extensions
 * and schemas, name schemas, set the database's defaults. Each script runs as a whole, in one transaction unless it says
 * otherwise; one that fails leaves nothing.
 *
 * <p>Compared with a {@link TestSchema} it isolates keys of advisory locks, NOTIFY channels, extensions, large objects,
 * and statistics, too. What it does <em>not</em> isolate, since it belongs to the server: roles and their settings, ids of
 * prepared transactions, transaction ids, and whatever fails or restarts the server. It starts from {@code template0}: what an
 * administrator put into {@code template1} is not there.
 *
 * <p>Defaults: see {@link DatabaseOptions}. One that a killed run left behind is removed by {@link DatabaseSweep}. To have
 * some made ahead, take them from a {@link DatabasePool}.
 *
 * <pre>{@code
 * DatabaseOptions options = DatabaseOptions.ofDefaults(run).withScripts(TransferTest.class, "bank.sql");
 * try (TestDatabase database = TestDatabase.create(admin, options);
 *         Twin bank = Twin.of(original, database.driverProperties())) {
 *     new TransferService(bank.dataSource()).transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: PostgreSQL documentation, "Template Databases".
 *
 * @since 0.1
 */
public final class TestDatabase implements AutoCloseable {

    private final DatabaseStock stock;
    private final DatabaseOptions options;
    private final DatabaseName name;
    private final Address address;
    private final Siblings<TestDatabase> siblings = new Siblings<>();
    private volatile @Nullable String kept;
    private volatile boolean closed;
    private volatile boolean dropped;

    private TestDatabase(DatabaseStock stock, DatabaseOptions options, DatabaseStock.Made made) {
        this.stock = stock;
        this.options = options;
        this.name = made.name();
        this.address = made.address();
    }

    /**
     * Makes a database with what its scripts make.
     *
     * @param admin hands out connections whose role may create databases; they are given back as they came. The other
     *     databases of the server are reached as it is: with its host, its user and its password
     * @throws ChaosException if the name is too long, a script is missing or fails, or the role may not create databases
     */
    public static TestDatabase create(DataSource admin, DatabaseOptions options) {
        return take(DatabaseStock.none(admin), options);
    }

    static TestDatabase take(DatabaseStock stock, DatabaseOptions options) {
        DatabaseStock.Made made = stock.take(
                options.origin(),
                options.scripts(),
                options.clock(),
                options.prefix(),
                () -> DatabaseName.next(
                        options.prefix(), options.run(), options.clock().instant()));
        return new TestDatabase(stock, options, made);
    }

    /** The name as the catalogue has it: neither quoted nor folded. */
    public String name() {
        return name.text();
    }

    /** The name as SQL takes it, whatever it holds. */
    public String quoted() {
        return name.quoted();
    }

    /** What a connection to the server needs to lead into this database: pgjdbc's {@code PGDBNAME}. */
    public Map<String, String> driverProperties() {
        return Map.of("PGDBNAME", name());
    }

    /**
     * Makes another database for the same test; it is kept or dropped with this one.
     *
     * <p>A sweep finds it under its own prefix.
     *
     * @param prefix the first part of its name
     * @param scripts what is in it, found as this database's scripts are
     * @throws ChaosException as {@link #create} does
     * @throws IllegalStateException if this database is closed
     */
    public TestDatabase sibling(String prefix, String... scripts) {
        requireOpen();
        TestDatabase sibling = take(stock, options.withPrefix(prefix).withScripts(options.origin(), scripts));
        siblings.add(sibling);
        if (closed) {
            sibling.close();
            requireOpen();
        }
        return sibling;
    }

    /**
     * Keeps the database and its siblings when they are closed: for a failed test.
     *
     * @param why one sentence
     * @return where they are and how to look into them; holds no password
     * @throws IllegalStateException if the database is closed
     */
    public String keep(String why) {
        requireOpen();
        kept = why;
        StringBuilder text = new StringBuilder("Database \"" + name() + "\" is kept: " + why
                + "\n  psql : " + address.psql()
                + "\n  jdbc : " + address.jdbc()
                + "\n  drop : DROP DATABASE " + quoted() + ";");
        for (TestDatabase sibling : siblings.all()) {
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

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(
                    "Database \"" + name() + "\" must be open, but is closed. Use it before the test ends.");
        }
    }

    /**
     * Drops the database and its siblings with all that is in them, unless kept; sessions that are still in one are ended
     * by the server. Twice is harmless; after a failure it tries again. One that came from a {@link DatabasePool} is
     * dropped by it soon.
     *
     * @throws ChaosException if a prepared transaction or a replication slot is left in it, with its name; or if it can't
     *     be dropped for another reason
     */
    @Override
    public void close() {
        closed = true;
        siblings.closeAndThen(TestDatabase::close, this::drop);
    }

    private void drop() {
        if (!dropped && !isKept()) {
            stock.giveBack(name);
            dropped = true;
        }
    }

    @Override
    public String toString() {
        return "database \"" + name() + "\"";
    }
}

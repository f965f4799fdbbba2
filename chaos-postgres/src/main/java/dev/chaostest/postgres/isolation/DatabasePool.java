// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.DatabaseStock;
import javax.sql.DataSource;

/**
 * Makes databases for tests ahead, so that a test does not wait for its own; one for a whole run.
 *
 * <p>A thread of its own copies the next ones from their template while tests run, and drops those that were closed. A
 * database is used once. The first with some scripts is made when it is taken; from the second on one is ready, if tests are
 * not faster than the server copies.
 *
 * <p>Default: {@value #AHEAD} ahead for each of the last {@value DatabaseStock#SHELVES_MAX} sets of scripts; a database
 * takes at least 8 MB of disk. At most {@value DatabaseStock#DROPS_MAX} wait to be dropped.
 *
 * <pre>{@code
 * try (DatabasePool pool = DatabasePool.open(admin);
 *         TestDatabase database = pool.take(options)) {
 *     ...
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class DatabasePool implements AutoCloseable {

    /** How many are made ahead for one set of scripts. */
    public static final int AHEAD = 2;

    private static final int AHEAD_MAX = 16;

    private final DatabaseStock stock;

    private DatabasePool(DatabaseStock stock) {
        this.stock = stock;
    }

    /** Opens a pool with the default; makes nothing yet. */
    public static DatabasePool open(DataSource admin) {
        return open(admin, AHEAD);
    }

    /**
     * Opens a pool; makes nothing yet.
     *
     * @param admin hands out connections whose role may create databases
     * @param ahead how many are to be ready for each set of scripts: 0 to 16
     * @throws ChaosException if there are to be fewer or more
     */
    public static DatabasePool open(DataSource admin, int ahead) {
        if (ahead < 0 || ahead > AHEAD_MAX) {
            throw new ChaosException("ahead must be 0 to " + AHEAD_MAX + ", but was " + ahead + ". Use for example "
                    + AHEAD + "; each database takes at least 8 MB of disk.");
        }
        return new DatabasePool(DatabaseStock.open(admin, ahead));
    }

    /**
     * Takes a database: one that is ready, else a new one.
     *
     * @return closed by the caller
     * @throws ChaosException as {@link TestDatabase#create} does
     * @throws IllegalStateException if this pool is closed
     */
    public TestDatabase take(DatabaseOptions options) {
        return TestDatabase.take(stock, options);
    }

    /**
     * Drops what was made ahead, waits until what was closed is dropped, and ends its thread. Twice is harmless.
     *
     * @throws ChaosException if a database could not be dropped, or the thread does not end within 30 s
     */
    @Override
    public void close() {
        stock.close();
    }
}

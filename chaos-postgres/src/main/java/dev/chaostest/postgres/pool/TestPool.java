// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import dev.chaostest.postgres.pool.internal.HikariSource;
import javax.sql.DataSource;

/**
 * Puts a pool of HikariCP around a DataSource, with settings that suit a test.
 *
 * <p>Its settings: the given number of connections at most, none until it is used, none kept ready; an error after 5 s when
 * none is free (30 s is HikariCP's default: longer than most tests may take); 2 s for a validation; no JMX. Everything else is
 * HikariCP's default; so a connection that was used within the last 500 ms is not validated. It has the
 * {@linkplain PoolMount pool seam}.
 *
 * <p>To try your own settings, make a twin of your own pool: {@link Twin#of}. Needs HikariCP on the class path.
 *
 * <pre>{@code
 * try (TestPool pool = TestPool.of(unpooled, 4, "transfer")) {
 *     new TransferService(pool.dataSource()).transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class TestPool implements AutoCloseable {

    private final DataSource dataSource;

    private TestPool(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * Makes a pool; it connects at first use.
     *
     * @param unpooled not changed
     * @param size at least 1
     * @param name the pool's, for its messages and threads
     * @throws ChaosException if the size is smaller, or if HikariCP is missing
     */
    public static TestPool of(DataSource unpooled, int size, String name) {
        if (size < 1) {
            throw new ChaosException(
                    "The size of a pool must be at least 1, but was " + size + ". Use the unpooled one instead.");
        }
        HikariPresence.require();
        return new TestPool(HikariSource.pool(unpooled, size, name));
    }

    /** The pool. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Ends the pool and its connections. Twice is harmless. */
    @Override
    public void close() {
        HikariSource.close(dataSource);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import dev.chaostest.postgres.pool.internal.HikariSource;
import dev.chaostest.postgres.pool.internal.NotRepeatable;
import dev.chaostest.postgres.pool.internal.PgSource;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.sql.DataSource;

/**
 * Repeats a DataSource with other driver properties: another schema, or a socket that faults can strike.
 *
 * <p>A twin of a {@code HikariDataSource} is a pool of its own with the same settings, however it connects: by URL, by the
 * driver's class name or by an instance of it. A twin of a {@code PGSimpleDataSource} is a copy. The original is only read: it
 * may be started, and goes on.
 *
 * <p>What a twin of a pool does not take over: metrics, health checks and JMX names, which would clash; and, where {@code
 * currentSchema} is given, the pool's {@code schema}, which would undo it. A {@code connectionInitSql} runs as before. The
 * name of the pool ends in {@code -chaos}. It has the {@linkplain PoolMount pool seam}.
 *
 * <p>A DataSource that delegates to another does something of its own, which a twin would leave out; it is refused, with the
 * properties to set instead.
 *
 * <pre>{@code
 * try (Twin twin = Twin.of(original, schema.driverProperties())) {
 *     new TransferService(twin.dataSource()).transfer(1, 2, 100);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Twin implements AutoCloseable {

    private static final String HIKARI = "com.zaxxer.hikari.HikariDataSource";
    private static final String OURS = "dev.chaostest.postgres.pool.internal.ChaosPool";
    private static final String POSTGRES = "org.postgresql.ds.PGSimpleDataSource";

    private final DataSource dataSource;
    private final Runnable end;

    private Twin(DataSource dataSource, Runnable end) {
        this.dataSource = dataSource;
        this.end = end;
    }

    /**
     * Repeats a DataSource. A pool connects once, as its original did when it was started.
     *
     * @param driverProperties names and values of pgjdbc; they replace those that the original has
     * @throws ChaosException if it is neither a pool of HikariCP nor the driver's, or if pgjdbc has no such property
     */
    public static Twin of(DataSource original, Map<String, String> driverProperties) {
        return of(original, driverProperties, OptionalInt.empty());
    }

    /**
     * Repeats a DataSource; a pool with at most so many connections.
     *
     * @param poolSize at least 1; without effect on a DataSource that is no pool. The original's, if empty
     * @see #of(DataSource, Map)
     */
    public static Twin of(DataSource original, Map<String, String> driverProperties, OptionalInt poolSize) {
        return switch (original.getClass().getName()) {
            case HIKARI, OURS -> {
                DataSource copy = HikariSource.copy(original, driverProperties, poolSize);
                yield new Twin(copy, () -> HikariSource.close(copy));
            }
            case POSTGRES -> new Twin(PgSource.copy(original, driverProperties), () -> {});
            default -> throw NotRepeatable.of(original.getClass().getName());
        };
    }

    /**
     * Repeats what is below a pool: a DataSource of the driver's that goes to the same database as the same user, and connects
     * anew each time. For a connection that must not wait for the pool.
     *
     * @param original one that delegates is looked through: what it does of its own is left out
     * @param driverProperties names and values of pgjdbc; they replace those that the original has
     * @throws ChaosException if it leads neither to a pool of HikariCP nor to the driver's, or if pgjdbc has no such property
     */
    public static DataSource unpooled(DataSource original, Map<String, String> driverProperties) {
        return switch (original.getClass().getName()) {
            case HIKARI, OURS -> HikariSource.unpooled(original, driverProperties);
            case POSTGRES -> PgSource.copy(original, driverProperties);
            default ->
                below(original)
                        .map(inner -> isPool(inner)
                                ? HikariSource.unpooled(inner, driverProperties)
                                : PgSource.copy(inner, driverProperties))
                        .orElseThrow(() -> NotRepeatable.of(original.getClass().getName()));
        };
    }

    /** The DataSource to use instead of the original. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Ends the twin's pool; the original goes on. Twice is harmless. */
    @Override
    public void close() {
        end.run();
    }

    /**
     * Reads a driver property of a DataSource, also of one that delegates: {@code socketFactory} says whether it is mounted
     * already.
     *
     * @return the value, or the driver's default; empty if there is neither, or if the DataSource is of another kind
     * @throws ChaosException if pgjdbc has no such property
     */
    public static Optional<String> property(DataSource source, String name) {
        return switch (source.getClass().getName()) {
            case HIKARI, OURS -> ofPool(source, name);
            case POSTGRES -> PgSource.property(source, name);
            default -> ofWrapper(source, name);
        };
    }

    private static Optional<String> ofPool(DataSource pool, String name) {
        return HikariSource.property(pool, name, below -> property(below, name)).or(() -> PgSource.defaultOf(name));
    }

    private static Optional<String> ofWrapper(DataSource source, String name) {
        return below(source).flatMap(inner -> isPool(inner) ? ofPool(inner, name) : PgSource.property(inner, name));
    }

    private static boolean isPool(DataSource source) {
        return HikariPresence.isPresent() && HikariSource.isPool(source);
    }

    /** The pool or the driver's DataSource inside one that delegates; itself, if it is a subclass. */
    private static Optional<DataSource> below(DataSource wrapper) {
        try {
            Optional<DataSource> pool = HikariPresence.isPresent() ? HikariSource.unwrap(wrapper) : Optional.empty();
            return pool.isPresent() ? pool : PgSource.unwrap(wrapper);
        } catch (SQLException e) {
            throw new ChaosException(
                    "A DataSource must say what it wraps, but "
                            + wrapper.getClass().getName() + " failed. Look at the cause.",
                    e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import com.zaxxer.hikari.pool.ProxyConnection;
import com.zaxxer.hikari.util.PropertyElf;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.DriverSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import javax.net.SocketFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What is done with pools of HikariCP. Its types are named only here and in what this class reaches, so that they are loaded
 * only where they are.
 *
 * <p>{@code copyStateTo} shares the driver properties between original and copy, and nothing replaces them: adding one to the
 * copy would change the original. So ours go into the URL, or into a copy of the driver's DataSource.
 */
public final class HikariSource {

    private static final String POSTGRES_CLASS = "org.postgresql.ds.PGSimpleDataSource";
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(2);

    private HikariSource() {}

    /**
     * A pool like it, not started by anyone else, with these properties.
     *
     * @param size at most so many connections; the original's, if empty
     */
    public static DataSource copy(DataSource original, Map<String, String> properties, OptionalInt size) {
        PgSource.requireKnown(properties);
        HikariConfig source = (HikariConfig) original;
        HikariConfig copy = new HikariConfig();
        source.copyStateTo(copy);
        if (source.getPoolName() != null) {
            copy.setPoolName(source.getPoolName() + "-chaos");
        }
        leaveRegistries(copy);
        size.ifPresent(copy::setMaximumPoolSize);
        if (properties.containsKey("currentSchema")) {
            copy.setSchema(null);
        }
        connect(source, copy, properties);
        return new ChaosPool(copy);
    }

    /** What it connects with, without the pool. */
    public static DataSource unpooled(DataSource original, Map<String, String> properties) {
        HikariConfig source = (HikariConfig) original;
        DataSource inner = inner(source);
        if (inner == null) {
            Map<String, String> all = new HashMap<>();
            source.getDataSourceProperties().forEach((name, value) -> all.put((String) name, String.valueOf(value)));
            all.putAll(properties);
            return DriverSettings.of(source.getJdbcUrl(), source.getUsername(), source.getPassword())
                    .withProperties(all)
                    .unpooled();
        }
        PGSimpleDataSource copy = PgSource.copy(inner, properties);
        if (source.getUsername() != null) {
            copy.setUser(source.getUsername());
            copy.setPassword(source.getPassword());
        }
        return copy;
    }

    /** Its numbers would be added to the original's, or its name would be taken. */
    private static void leaveRegistries(HikariConfig copy) {
        copy.setMetricsTrackerFactory(null);
        copy.setMetricRegistry(null);
        copy.setHealthCheckRegistry(null);
        copy.setRegisterMbeans(false);
    }

    private static void connect(HikariConfig source, HikariConfig copy, Map<String, String> properties) {
        DataSource inner = inner(source);
        if (inner != null) {
            copy.setDataSource(PgSource.copy(inner, properties));
            copy.setDataSourceClassName(null);
            return;
        }
        copy.setJdbcUrl(JdbcUrl.parse(source.getJdbcUrl()).with(properties).text());
    }

    /** A DataSource below the pool; null if it connects by URL. The order is HikariCP's. */
    private static @Nullable DataSource inner(HikariConfig source) {
        DataSource inner = source.getDataSource();
        if (inner != null) {
            return requirePostgres(inner);
        }
        if (source.getDataSourceJNDI() != null) {
            throw NotRepeatable.of("a HikariDataSource over JNDI \"" + source.getDataSourceJNDI() + "\"");
        }
        String className = source.getDataSourceClassName();
        if (className != null) {
            return instance(className, source.getDataSourceProperties());
        }
        String url = source.getJdbcUrl();
        if (url == null || !JdbcUrl.isPostgres(url)) {
            throw NotRepeatable.of("a HikariDataSource with a URL that does not begin with jdbc:postgresql:");
        }
        return null;
    }

    private static DataSource requirePostgres(DataSource inner) {
        if (PgSource.is(inner)) {
            return inner;
        }
        throw NotRepeatable.of("a HikariDataSource over " + inner.getClass().getName());
    }

    private static DataSource instance(String className, Properties properties) {
        if (!POSTGRES_CLASS.equals(className)) {
            throw NotRepeatable.of("a HikariDataSource over " + className);
        }
        PGSimpleDataSource instance = new PGSimpleDataSource();
        PropertyElf.setTargetFromProperties(instance, properties);
        return instance;
    }

    /**
     * The value of a driver property: of the DataSource below, else in the URL, else among the properties.
     *
     * @param below reads it of the DataSource below
     */
    public static Optional<String> property(
            DataSource pool, String name, Function<DataSource, Optional<String>> below) {
        HikariConfig source = (HikariConfig) pool;
        if (source.getDataSource() != null) {
            return below.apply(source.getDataSource());
        }
        if (POSTGRES_CLASS.equals(source.getDataSourceClassName())) {
            return below.apply(instance(POSTGRES_CLASS, source.getDataSourceProperties()));
        }
        return Optional.ofNullable(source.getJdbcUrl())
                .flatMap(url -> JdbcUrl.parse(url).property(name))
                .or(() -> Optional.ofNullable(source.getDataSourceProperties().getProperty(name)));
    }

    /** The pool's own, that of its URL or its properties, and that of the DataSource below. */
    static Set<String> passwords(DataSource pool) {
        HikariConfig source = (HikariConfig) pool;
        Set<String> found = new HashSet<>();
        Optional.ofNullable(source.getPassword()).ifPresent(found::add);
        Optional.ofNullable(source.getJdbcUrl())
                .flatMap(url -> JdbcUrl.parse(url).property("password"))
                .ifPresent(found::add);
        Optional.ofNullable(source.getDataSourceProperties().get("password"))
                .map(String::valueOf)
                .ifPresent(found::add);
        Optional.ofNullable(source.getDataSource()).map(Passwords::of).ifPresent(found::addAll);
        return found;
    }

    /** A pool with the settings of {@code TestPool}. It sets a login timeout below, so that is a copy where possible. */
    public static DataSource pool(DataSource unpooled, int size, String name) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(PgSource.is(unpooled) ? PgSource.copy(unpooled, Map.of()) : unpooled);
        config.setPoolName(name);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
        config.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
        config.setInitializationFailTimeout(-1);
        return new ChaosPool(config);
    }

    /** The pool inside a DataSource that delegates, to read its settings only. */
    public static Optional<DataSource> unwrap(DataSource wrapper) throws SQLException {
        return wrapper.isWrapperFor(HikariDataSource.class)
                ? Optional.of(wrapper.unwrap(HikariDataSource.class))
                : Optional.empty();
    }

    /** What is behind a gate around this DataSource, if that is a pool, at whatever depth. */
    static Optional<Backing> backing(DataSource source, Backing.Way way) {
        try {
            return unwrap(source).map(pool -> new HikariBacking((HikariDataSource) pool, way, left -> way.take()));
        } catch (SQLException e) {
            return Optional.empty(); // it can't say what it wraps, so nothing is known of it
        }
    }

    /** Whether the driver is what connects, so that it can be made to connect otherwise. */
    static boolean isOfTheDriver(HikariDataSource pool) {
        try {
            inner(pool);
            return true;
        } catch (ChaosException notRepeatable) {
            return false;
        }
    }

    /** Connects once, past the pool, as the driver does for it but through other sockets. */
    static Connection through(HikariDataSource pool, Class<? extends SocketFactory> sockets) throws SQLException {
        Map<String, String> properties = Map.of("socketFactory", sockets.getName(), "sslmode", "disable");
        DataSource inner = inner(pool);
        if (inner != null) {
            return PgSource.copy(inner, properties).getConnection();
        }
        PGSimpleDataSource byUrl = new PGSimpleDataSource();
        byUrl.setUrl(JdbcUrl.parse(pool.getJdbcUrl()).with(properties).text());
        return byUrl.getConnection();
    }

    /** Whether it is a pool itself, not something around one. */
    public static boolean isPool(DataSource source) {
        return source instanceof HikariDataSource;
    }

    /** How many connections a pool has at most; empty if the DataSource is none. */
    public static OptionalInt max(DataSource source) throws SQLException {
        return unwrap(source)
                .map(pool -> OptionalInt.of(((HikariDataSource) pool).getMaximumPoolSize()))
                .orElseGet(OptionalInt::empty);
    }

    /**
     * Has a connection closed, not kept, when it is given back.
     *
     * @return whether the pool could be told
     */
    public static boolean evict(DataSource source, Connection connection) throws SQLException {
        Optional<DataSource> pool = unwrap(source);
        if (pool.isEmpty() || !(connection instanceof ProxyConnection)) {
            return false;
        }
        ((HikariDataSource) pool.get()).evictConnection(connection);
        return true;
    }

    /** Has a pool close the connections that are idle, if it is one that has begun. */
    public static void evictIdle(DataSource source) throws SQLException {
        unwrap(source)
                .map(pool -> ((HikariDataSource) pool).getHikariPoolMXBean())
                .ifPresent(HikariPoolMXBean::softEvictConnections);
    }

    /** Ends a pool. */
    public static void close(DataSource pool) {
        if (pool instanceof HikariDataSource hikari) {
            hikari.close();
            return;
        }
        throw new ChaosException(
                "A pool must be HikariCP's, but is " + pool.getClass().getName() + ".");
    }
}

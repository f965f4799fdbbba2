// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.PropertyElf;
import dev.chaostest.plan.ChaosException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What is done with pools of HikariCP; the only class that names its types, so that it is loaded only where they are.
 *
 * <p>{@code copyStateTo} shares the driver properties between original and copy, and nothing replaces them: adding one to the
 * copy would change the original. So ours go into the URL, or into a copy of the driver's DataSource.
 */
public final class HikariSource {

    private static final String POSTGRES_CLASS = "org.postgresql.ds.PGSimpleDataSource";
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(2);

    private HikariSource() {}

    /** A pool like it, not started by anyone else, with these properties. */
    public static DataSource copy(DataSource original, Map<String, String> properties) {
        PgSource.requireKnown(properties);
        HikariConfig source = (HikariConfig) original;
        HikariConfig copy = new HikariConfig();
        source.copyStateTo(copy);
        if (source.getPoolName() != null) {
            copy.setPoolName(source.getPoolName() + "-chaos");
        }
        leaveRegistries(copy);
        if (properties.containsKey("currentSchema")) {
            copy.setSchema(null);
        }
        connect(source, copy, properties);
        return new HikariDataSource(copy);
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
        return new HikariDataSource(config);
    }

    /** The pool inside a DataSource that delegates, to read its settings only. */
    public static Optional<DataSource> unwrap(DataSource wrapper) throws SQLException {
        return wrapper.isWrapperFor(HikariDataSource.class)
                ? Optional.of(wrapper.unwrap(HikariDataSource.class))
                : Optional.empty();
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

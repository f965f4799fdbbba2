// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.pool.Twin;
import dev.chaostest.postgres.pool.internal.HikariPresence;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.PGProperty;
import org.postgresql.ds.common.BaseDataSource;

/**
 * The settings of one DataSource.
 *
 * @param name what it is, for messages
 * @param driver pgjdbc's properties that are looked at, with their defaults
 * @param pool of a pool of HikariCP
 * @param server what the server says of a session; empty if it was not asked
 */
record Configuration(
        String name, Map<String, String> driver, Optional<PoolSettings> pool, Optional<ServerSettings> server) {

    private static final List<String> DRIVER = List.of(
            "connectTimeout",
            "loginTimeout",
            "socketTimeout",
            "cancelSignalTimeout",
            "tcpKeepAlive",
            "ApplicationName",
            "queryTimeout");

    static Configuration of(DataSource source) {
        Map<String, String> driver = new HashMap<>();
        for (String property : DRIVER) {
            if (PGProperty.forName(property) != null) { // older drivers have fewer
                property(source, property).ifPresent(value -> driver.put(property, value));
            }
        }
        if (!driver.containsKey("connectTimeout")) { // it has a default
            throw new ChaosException(
                    "A DataSource must be pgjdbc's or HikariCP's to be advised on, or lead to one of them by "
                            + "unwrap, but " + source.getClass().getName()
                            + " does not. Hand over the one that it delegates to.");
        }
        Optional<PoolSettings> pool = pool(source);
        String name = pool.map(it -> "The pool \"" + it.name() + "\"")
                .orElse("The " + source.getClass().getSimpleName());
        return new Configuration(name, Map.copyOf(driver), pool, Optional.empty());
    }

    Configuration withServer(ServerSettings asked) {
        return new Configuration(name, driver, pool, Optional.of(asked));
    }

    private static Optional<String> property(DataSource source, String name) {
        try {
            if (source instanceof BaseDataSource driver) {
                return property(driver, name);
            }
            if (source.isWrapperFor(BaseDataSource.class)) {
                return property(source.unwrap(BaseDataSource.class), name);
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "A DataSource must say what it wraps, but "
                            + source.getClass().getName() + " failed. Look at the cause.",
                    e);
        }
        return Twin.property(source, name);
    }

    private static Optional<String> property(BaseDataSource source, String name) {
        PGProperty property = PGProperty.forName(name);
        if (property == null) {
            return Optional.empty();
        }
        return Optional.ofNullable(source.getProperty(property))
                .or(() -> Optional.ofNullable(property.getDefaultValue()));
    }

    private static Optional<PoolSettings> pool(DataSource source) {
        try {
            return HikariPresence.isPresent() ? HikariSettings.of(source) : Optional.empty();
        } catch (SQLException e) {
            throw new ChaosException(
                    "A DataSource must say what it wraps, but "
                            + source.getClass().getName() + " failed. Look at the cause.",
                    e);
        }
    }

    /** A time that the driver has in seconds; zero for none. */
    Duration seconds(String property) {
        try {
            return Duration.ofSeconds(
                    Long.parseLong(driver.getOrDefault(property, "0").strip()));
        } catch (NumberFormatException e) {
            throw new ChaosException(
                    property + " must be a number of seconds, but is \"" + driver.get(property) + "\". Correct it.", e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.advice;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads a pool of HikariCP, whose types are named only here, so that they are loaded only where they are. */
final class HikariSettings {

    private HikariSettings() {}

    static Optional<PoolSettings> of(DataSource source) throws SQLException {
        if (source instanceof HikariDataSource pool) {
            return Optional.of(read(pool));
        }
        return source.isWrapperFor(HikariDataSource.class)
                ? Optional.of(read(source.unwrap(HikariDataSource.class)))
                : Optional.empty();
    }

    private static PoolSettings read(HikariDataSource pool) {
        long forEver = Integer.MAX_VALUE; // what HikariCP makes of 0
        long connectionTimeout = pool.getConnectionTimeout();
        String name = pool.getPoolName();
        return new PoolSettings(
                name == null ? "without a name" : name,
                pool.getMaximumPoolSize() < 1 ? 10 : pool.getMaximumPoolSize(), // before it has started
                pool.isAutoCommit(),
                Duration.ofMillis(connectionTimeout >= forEver ? 0 : connectionTimeout),
                Duration.ofMillis(pool.getValidationTimeout()),
                Duration.ofMillis(pool.getMaxLifetime()),
                Duration.ofMillis(pool.getKeepaliveTime()),
                Duration.ofMillis(pool.getLeakDetectionThreshold()));
    }
}

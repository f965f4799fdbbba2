// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/** Reads the numbers of a pool of HikariCP; loaded only where that is present. */
final class HikariState {

    private HikariState() {}

    static Optional<PoolState> read(DataSource source) {
        try {
            return source.isWrapperFor(HikariDataSource.class)
                    ? Optional.of(of(source.unwrap(HikariDataSource.class)))
                    : Optional.empty();
        } catch (SQLException e) {
            return Optional.empty(); // it can't say what it wraps, so nothing is known of it
        }
    }

    /** A pool that nobody has used yet has no numbers. */
    private static PoolState of(HikariDataSource pool) {
        HikariPoolMXBean now = pool.getHikariPoolMXBean();
        String name = String.valueOf(pool.getPoolName());
        int max = pool.getMaximumPoolSize();
        return now == null
                ? new PoolState(name, max, 0, 0, 0, 0)
                : new PoolState(
                        name,
                        max,
                        now.getTotalConnections(),
                        now.getActiveConnections(),
                        now.getIdleConnections(),
                        now.getThreadsAwaitingConnection());
    }
}

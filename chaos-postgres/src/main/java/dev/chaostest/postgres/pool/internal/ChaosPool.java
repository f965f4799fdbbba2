// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/**
 * A pool of HikariCP that asks its gate at each acquire. Everything else, and every connection, is HikariCP's own.
 *
 * <p>{@code getConnection(user, password)} is not overridden: HikariCP has it throw.
 */
public final class ChaosPool extends HikariDataSource implements Gated {

    private final Gate gate;

    /** Starts the pool, as HikariCP does with a configuration. */
    public ChaosPool(HikariConfig config) {
        super(config);
        this.gate = new Gate(new HikariBacking(this, super::getConnection, this::within));
    }

    @Override
    public Connection getConnection() throws SQLException {
        return gate.acquire();
    }

    private Connection within(Duration left) throws SQLException {
        return !isClosed() && getHikariPoolMXBean() instanceof HikariPool pool
                ? pool.getConnection(Math.max(1, left.toMillis()))
                : super.getConnection();
    }

    @Override
    public Gate gate() {
        return gate;
    }

    /** Who waits at the gate is freed first: HikariCP waits for the connections that are out. */
    @Override
    public void close() {
        gate.close();
        super.close();
    }
}

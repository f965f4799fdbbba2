// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.pool.PoolNumbers;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A pool of HikariCP. Its errors are made here in its own words, since it has no way to raise one for a single caller; a test
 * compares them with real ones. Source: HikariCP, HikariPool.createTimeoutException.
 */
record HikariBacking(HikariDataSource pool, Way way, LimitedWay limited) implements Backing {

    @Override
    public String name() {
        return "the pool \"" + pool.getPoolName() + "\"";
    }

    @Override
    public Set<Class<? extends Fault>> carries() {
        return Set.of(Delay.class, NoConnection.class);
    }

    @Override
    public Connection acquire() throws SQLException {
        return way.take();
    }

    @Override
    public Connection acquire(Duration left) throws SQLException {
        return limited.take(left);
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.of(Duration.ofMillis(pool.getConnectionTimeout()));
    }

    @Override
    public SQLException timedOut(Duration waited, Optional<SqlState> connecting) {
        String message = pool.getPoolName() + " - Connection is not available, request timed out after "
                + waited.toMillis() + "ms (" + numbers().orElseThrow() + ")";
        if (connecting.isEmpty()) {
            return new SQLTransientConnectionException(message, null, 0);
        }
        SQLException cause = FailedConnect.of(pool, connecting.get());
        SQLException timedOut =
                new SQLTransientConnectionException(message, cause.getSQLState(), cause.getErrorCode(), cause);
        timedOut.setNextException(cause);
        return timedOut;
    }

    /** HikariCP connects at first use. */
    @Override
    public Optional<PoolNumbers> numbers() {
        return Optional.ofNullable(pool.getHikariPoolMXBean())
                .map(now -> new PoolNumbers(
                        now.getTotalConnections(),
                        now.getActiveConnections(),
                        now.getIdleConnections(),
                        now.getThreadsAwaitingConnection()))
                .or(() -> Optional.of(new PoolNumbers(0, 0, 0, 0)));
    }

    @Override
    public SQLException interrupted(InterruptedException cause) {
        return new SQLException(pool.getPoolName() + " - Interrupted during connection acquisition", cause);
    }

    @Override
    public SQLException closed() {
        return new SQLException("HikariDataSource " + pool + " has been closed.");
    }

    @Override
    public OptionalInt max() {
        return OptionalInt.of(pool.getMaximumPoolSize());
    }
}

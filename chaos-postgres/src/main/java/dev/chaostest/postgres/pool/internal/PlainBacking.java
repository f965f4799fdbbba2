// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.postgres.pool.PoolNumbers;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** A DataSource of which nothing is known but that it gives connections: it can be late, not more. */
record PlainBacking(String name, Way way) implements Backing {

    @Override
    public Set<Class<? extends Fault>> carries() {
        return Set.of(Delay.class);
    }

    @Override
    public Connection acquire() throws SQLException {
        return way.take();
    }

    @Override
    public Connection acquire(Duration left) throws SQLException {
        return way.take();
    }

    @Override
    public Optional<Duration> timeout() {
        return Optional.empty();
    }

    @Override
    public SQLException timedOut(Duration waited, Optional<SqlState> connecting) {
        throw new IllegalStateException(name + " must have a time-out for that, but none is known.");
    }

    @Override
    public SQLException interrupted(InterruptedException cause) {
        return new SQLException("Interrupted while waiting for a connection of " + name, cause);
    }

    @Override
    public SQLException closed() {
        return new SQLException(name + " has been closed.");
    }

    @Override
    public OptionalInt max() {
        return OptionalInt.empty();
    }

    @Override
    public Optional<PoolNumbers> numbers() {
        return Optional.empty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.Fault;
import dev.chaostest.postgres.pool.PoolNumbers;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What is behind a gate: how it gives a connection, and in which words it says that it can't. */
interface Backing {

    /** In words that a user knows. */
    String name();

    /** What can be done to it. */
    Set<Class<? extends Fault>> carries();

    /** As the user would get it without the gate. */
    Connection acquire() throws SQLException;

    /** The same, when part of the time that a caller waits at most is over; for those that don't know one, no limit. */
    Connection acquire(Duration left) throws SQLException;

    /** How long a caller waits at most; empty if that is not known. */
    Optional<Duration> timeout();

    /**
     * Its error when that is over.
     *
     * @param waited how long it really was
     * @param connecting what its attempts to connect failed with, if they did
     */
    SQLException timedOut(Duration waited, Optional<SqlState> connecting);

    /** Its error for an interrupt while it waits. */
    SQLException interrupted(InterruptedException cause);

    /** Its error when it has been closed. */
    SQLException closed();

    /** How many connections it has at most; empty if that is not known. */
    OptionalInt max();

    /** What it says about itself; empty if it says nothing. */
    Optional<PoolNumbers> numbers();

    /** How many of them are in use, by anyone. */
    default int busy() {
        return numbers().map(PoolNumbers::active).orElse(0);
    }

    /** The way to a connection without the gate. */
    @FunctionalInterface
    interface Way {
        Connection take() throws SQLException;
    }

    /** The same with a limit. */
    @FunctionalInterface
    interface LimitedWay {
        Connection take(Duration left) throws SQLException;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** Where connections are taken from: what it is called, and whether it may be emptied. */
public sealed interface Room {

    /** In words that a user knows. */
    String name();

    /** A connection, as anybody would get it. */
    Connection take() throws SQLException;

    /**
     * Refuses to take away what others need.
     *
     * @throws ChaosException if so many must not be taken
     */
    void require(int wanted) throws SQLException;

    /** Returns once a connection can be had. */
    void requireFree() throws SQLException;

    /** Whether somebody who was refused so was refused since all are taken; a pool may also tell of an older trouble. */
    default boolean isFull(SQLException refused) {
        return SqlFailure.of(refused)
                .filter(failure -> ELSEWHERE.contains(failure.kind()))
                .isEmpty();
    }

    /** What keeps connections away from everybody, however many there are. */
    Set<FailureKind> ELSEWHERE = Set.of(
            FailureKind.CONNECTION_REFUSED,
            FailureKind.CONNECTION_LOST,
            FailureKind.ACCESS_DENIED,
            FailureKind.PROGRAMMING_ERROR);

    /** What is behind a DataSource. */
    static Room of(DataSource source) {
        return new OfSource(source);
    }

    /** A server that the library started: all of it may be taken. */
    static Room of(PostgresServer server) {
        return new OfServer(server);
    }

    /** See {@link Room#of(DataSource)}. */
    record OfSource(DataSource source) implements Room {

        @Override
        public String name() {
            return source instanceof Gated gated
                    ? gated.gate().mount().name()
                    : "the DataSource " + source.getClass().getName();
        }

        @Override
        public Connection take() throws SQLException {
            return source.getConnection();
        }

        /** A pool has its own limit. Without one, only as many as the server has free, but for one. */
        @Override
        public void require(int wanted) throws SQLException {
            if (HikariPresence.isPresent() && HikariSource.max(source).isPresent()) {
                return;
            }
            int free;
            try (Connection connection = source.getConnection()) {
                free = Capacity.free(connection);
            }
            if (wanted >= free) {
                throw new ChaosException("What is held of a server that others use must leave them room, but of its "
                        + free + " free connections " + wanted
                        + " were to be held. Hold fewer, or fill a server of your own: ofServer(PostgresServer).");
            }
        }

        @Override
        public void requireFree() throws SQLException {
            source.getConnection().close();
        }

        @Override
        public boolean isFull(SQLException refused) {
            return Room.super.isFull(refused) || hasNoneLeft();
        }

        private boolean hasNoneLeft() {
            Gate gate = source instanceof Gated gated ? gated.gate() : new GatedSource(source).gate();
            int max = gate.max().orElse(Integer.MAX_VALUE);
            return gate.numbers().filter(now -> now.active() >= max).isPresent();
        }
    }

    /** See {@link Room#of(PostgresServer)}. */
    record OfServer(PostgresServer server) implements Room {

        private static final Duration DEADLINE = Duration.ofSeconds(10);
        private static final long PAUSE_NANOS = 1_000_000;
        private static final String FULL = "53300";

        @Override
        public String name() {
            return "PostgreSQL on port " + server.port();
        }

        @Override
        public Connection take() throws SQLException {
            return DriverManager.getConnection(server.jdbcUrl());
        }

        @Override
        public void require(int wanted) {}

        /** A backend frees its place a moment after its client has gone. */
        @Override
        public void requireFree() throws SQLException {
            long end = System.nanoTime() + DEADLINE.toNanos();
            while (true) {
                try {
                    take().close();
                    return;
                } catch (SQLException e) {
                    if (!FULL.equals(e.getSQLState()) || System.nanoTime() > end) {
                        throw e;
                    }
                    LockSupport.parkNanos(PAUSE_NANOS); // the server is asked again, with a deadline
                }
            }
        }
    }
}

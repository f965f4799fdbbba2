// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** In a database of its own, so that nobody else is counted. */
@Timeout(120)
class PulseTest {

    private Sessions sessions;
    private PGSimpleDataSource alone;

    @BeforeEach
    void open() throws SQLException {
        sessions = new Sessions();
        Sessions.run(sessions.open("admin"), "CREATE DATABASE " + sessions.schema() + " TEMPLATE template0");
        alone = Sessions.source();
        alone.setDatabaseName(sessions.schema());
    }

    @AfterEach
    void close() throws SQLException {
        Sessions.run(sessions.open("last"), "DROP DATABASE " + sessions.schema() + " WITH (FORCE)");
        sessions.close();
    }

    @Test
    void countsWhoDoesWhat() throws SQLException {
        try (Connection idle = alone.getConnection();
                Connection begun = alone.getConnection();
                Connection asking = alone.getConnection()) {
            Sessions.run(idle, "SELECT 1");
            begun.setAutoCommit(false);
            Sessions.run(begun, "SELECT 1");

            assertThat(Pulse.read(asking)).isEqualTo(new Pulse(0, 1, 1, 0, List.of()));
            assertThat(Pulse.read(asking)).hasToString("0 active, 1 idle, 1 idle in transaction");
        }
    }

    @Test
    void whoWaitsIsToldForWhom() throws SQLException {
        try (Connection holder = alone.getConnection();
                Connection waiter = alone.getConnection();
                Connection asking = alone.getConnection()) {
            Sessions.run(holder, "SELECT pg_advisory_lock(1)");
            sessions.start(waiter, "SELECT pg_advisory_lock(1)");
            Blocking expected = new Blocking(Sessions.pid(waiter), Sessions.pid(holder));

            Pulse pulse = Sessions.awaitPulse(asking, Pulse::isWaiting);

            assertThat(pulse.waits()).containsExactly(expected);
            assertThat(pulse)
                    .hasToString("1 active, 1 idle, 0 idle in transaction; waiting: " + expected.waiting() + " for "
                            + expected.blocking());
            Sessions.run(holder, "SELECT pg_advisory_unlock(1)");
            assertThat(Sessions.awaitPulse(asking, each -> !each.isWaiting()).waits())
                    .isEmpty();
        }
    }

    @Test
    void anOrdinaryRoleCountsWhatIsHiddenFromItAndSeesWhoWaits() throws SQLException {
        String role = sessions.schema();
        try (Connection holder = alone.getConnection();
                Connection waiter = alone.getConnection();
                Connection asking = alone.getConnection()) {
            Sessions.run(asking, "CREATE ROLE " + role, "SET ROLE " + role);
            Sessions.run(holder, "SELECT pg_advisory_lock(1)");
            sessions.start(waiter, "SELECT pg_advisory_lock(1)");

            Pulse pulse = Sessions.awaitPulse(asking, Pulse::isWaiting);

            assertThat(pulse.hidden()).isEqualTo(2);
            assertThat(pulse.active() + pulse.idle() + pulse.idleInTransaction())
                    .isZero();
            assertThat(pulse.waits()).containsExactly(new Blocking(Sessions.pid(waiter), Sessions.pid(holder)));
            assertThat(pulse.toString()).startsWith("0 active, 0 idle, 0 idle in transaction, 2 hidden; waiting: ");
            Sessions.run(asking, "RESET ROLE", "DROP ROLE " + role);
        }
    }
}

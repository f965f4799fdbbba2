// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.pool.SessionState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionStateTest {

    private static void leaveAllSortsOfThings(Connection connection) throws SQLException {
        Sql.run(
                connection,
                "SET search_path = pg_catalog",
                "SELECT pg_advisory_lock(4712)",
                "CREATE TEMPORARY TABLE left_behind (id int)",
                "PREPARE mine AS SELECT 1",
                "LISTEN news",
                "SET ROLE pg_monitor");
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    }

    private static final List<String> CHANGES = List.of(
            "advisory lock 0 4712 ExclusiveLock is new",
            "listening on news is new",
            "prepared statement mine is new",
            "role pg_monitor is new",
            "setting default_transaction_isolation = serializable is new",
            "setting search_path = pg_catalog is new",
            "temporary relation left_behind is new",
            "role postgres is gone");

    @Test
    void whatASessionKeepsIsNamedAndAResetTakesItAway() throws SQLException {
        try (Connection connection = WireTestServer.direct()) {
            SessionState before = SessionState.of(connection);
            leaveAllSortsOfThings(connection);
            assertThat(SessionState.of(connection).changesSince(before)).containsExactlyElementsOf(CHANGES);

            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            assertThat(Sql.column(connection, "SELECT 1")).containsExactly("1");
            SessionState.reset(connection);

            assertThat(SessionState.of(connection).changesSince(before))
                    .allMatch(change -> change.startsWith("setting ") && change.endsWith(" is gone"));
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
            assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    @Test
    void theDriversPreparedStatementsSurviveAReset() throws SQLException {
        try (Connection connection = WireTestServer.direct()) {
            for (int i = 0; i < 8; i++) { // from the fifth time on, the driver has it prepared on the server
                assertThat(Sql.column(connection, "SELECT ?", "x")).containsExactly("x");
            }
            SessionState.reset(connection);
            assertThat(Sql.column(connection, "SELECT ?", "x")).containsExactly("x");
        }
    }

    @Test
    void throughAPoolWithoutAResetTheNextOneHasIt() throws SQLException {
        try (PoolFixture fixture = new PoolFixture(1, Duration.ofSeconds(5))) {
            SessionState before;
            try (Connection first = fixture.pool().getConnection()) {
                before = SessionState.of(first);
                Sql.run(first, "SET search_path = pg_catalog", "SELECT pg_advisory_lock(4713)");
            }
            try (Connection next = fixture.pool().getConnection()) {
                assertThat(SessionState.of(next).changesSince(before))
                        .containsExactly(
                                "advisory lock 0 4713 ExclusiveLock is new", "setting search_path = pg_catalog is new");
                SessionState.reset(next);
            }
            try (Connection clean = fixture.pool().getConnection()) {
                assertThat(SessionState.of(clean).changesSince(before)).noneMatch(change -> change.endsWith("is new"));
            }
        }
    }
}

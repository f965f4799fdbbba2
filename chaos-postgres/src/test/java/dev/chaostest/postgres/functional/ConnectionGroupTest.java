// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import dev.chaostest.postgres.pool.ConnectionGroup;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionGroupTest {

    private static String pid(Connection connection) throws SQLException {
        return Sql.column(connection, "SELECT pg_backend_pid()").get(0);
    }

    @Test
    void eachHasASessionOfItsOwn() throws SQLException {
        Set<String> pids = new HashSet<>();
        List<Connection> kept;
        try (ConnectionGroup group = ConnectionGroup.open(IsolationTestServer.admin(), 4)) {
            for (Connection each : group) {
                pids.add(pid(each));
            }
            assertThat(group).hasSize(4);
            assertThat(pids).hasSize(4).contains(pid(group.get(3)));
            kept = List.copyOf(group);
            assertThatThrownBy(() -> group.get(4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(group::clear).isInstanceOf(UnsupportedOperationException.class);
        }
        for (Connection each : kept) {
            assertThat(each.isClosed()).isTrue();
        }
    }

    @Test
    void whatIsNotCommittedIsRolledBackAndThePoolHasAllBack() throws SQLException {
        try (WireFixture bank = new WireFixture();
                PoolFixture fixture = new PoolFixture(3, Duration.ofSeconds(5))) {
            ConnectionGroup group = ConnectionGroup.open(fixture.pool(), 3);
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(3);
            group.get(1).setAutoCommit(false);
            Sql.run(group.get(1), "UPDATE " + bank.schema() + ".account SET balance = 0 WHERE id = 1");
            group.get(2).close();
            group.close();
            group.close();

            assertThat(fixture.numbers().getActiveConnections()).isZero();
            assertThat(bank.balance(1)).isEqualTo(1000);
        }
    }

    @Test
    void aGroupBiggerThanItsPoolIsRefusedBeforeAnythingIsOpened() {
        try (PoolFixture fixture = new PoolFixture(3, Duration.ofMinutes(1))) {
            assertThatThrownBy(() -> ConnectionGroup.open(fixture.pool(), 4))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A group of 4 connections must fit into its pool, but HikariDataSource (bank-chaos) has at "
                                    + "most 3. Make the group smaller or the pool bigger.");
            assertThat(fixture.numbers().getTotalConnections()).isZero();
        }
    }

    @Test
    void aGroupThatThePoolCanNotFillGivesBackWhatItHas() throws SQLException {
        try (PoolFixture fixture = PoolFixture.warm(3, Duration.ofMillis(800))) {
            List<Connection> other = fixture.borrow(1);
            assertThatThrownBy(() -> ConnectionGroup.open(fixture.pool(), 3))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A group of 3 connections must be opened, but after 2 the database or its pool answered "
                                    + "null. Make the group smaller, or look at the cause.")
                    .hasCauseInstanceOf(SQLTransientConnectionException.class);
            assertThat(fixture.numbers().getActiveConnections()).isEqualTo(1);
            PoolFixture.giveBack(other);
        }
    }

    @Test
    void aGroupOfNoneIsRefused() {
        assertThatThrownBy(() -> ConnectionGroup.open(IsolationTestServer.admin(), 0))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A group must have at least 1 connection, but was to have 0.");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.plan.When;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RESOURCE)
class ChaosDelayTest {

    @ChaosTest
    @ChaosDelay(value = "120ms", on = "UPDATE account", times = 1)
    void theAnswerIsLate(DataSource bank, ChaosScope scope) throws SQLException {
        long began = System.nanoTime();
        Bank.add(bank, 1, 1);

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
        assertThat(scope.fired()).hasSize(1);
    }

    @ChaosTest
    @ChaosDelay(value = "1h", on = "UPDATE account", strikes = When.AFTER, times = 1)
    void theCallersOwnTimeOutApplies(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setNetworkTimeout(Runnable::run, 100);
            SQLException late = catchThrowableOfType(SQLException.class, () -> Bank.add(connection, 1, 1));
            assertThat(late.getSQLState()).startsWith("08");
        }
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosDelay(max = "2ms")
    void withoutATargetEveryStatementIsDelayed(Connection connection, ChaosScope scope) throws SQLException {
        Bank.add(connection, 1, 1);
        Bank.add(connection, 1, 1);
        assertThat(Bank.balances(connection)).containsExactly(1002, 1000);

        assertThat(scope.fired()).hasSize(3);
    }
}

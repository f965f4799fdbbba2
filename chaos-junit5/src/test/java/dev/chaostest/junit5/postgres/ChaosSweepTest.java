// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class ChaosSweepTest {

    @Test
    void aServiceThatRetriesWhateverItDidIsFound() {
        Inner inner = Inner.run(RetryingTestCases.class);

        inner.results().allEvents().debug(System.err);
        assertThat(inner.published("chaos.sweep")).hasSize(1);
        System.err.println(inner.published("chaos.sweep"));
        inner.failures().forEach(f -> System.err.println(f.getMessage()));
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RetryingTestCases {
        @ChaosSweep
        void moneyIsKept(DataSource bank) throws SQLException {
            transfer(bank);
            assertThat(Bank.balances(bank)).isEqualTo(List.of(900, 1100));
        }

        private static void transfer(DataSource bank) throws SQLException {
            for (int attempt = 1; ; attempt++) {
                try (Connection connection = bank.getConnection()) {
                    connection.setAutoCommit(false);
                    Bank.add(connection, 1, -100);
                    Bank.add(connection, 2, 100);
                    connection.commit();
                    return;
                } catch (SQLException e) {
                    if (attempt == 3) {
                        throw e;
                    }
                }
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSeed;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each try has a schema of its own, as each round has, so one does not see what another did. */
class ShrinkingOnPostgresTest {

    @Test
    void theStatementThatIsNotTriedAgainIsShown() {
        Inner inner = Inner.run(PaymentsTestCases.class);
        String message = inner.message();

        assertThat(message)
                .contains("expected: 12")
                .containsPattern("but was: 11")
                .containsPattern("\n  shrunk   : [0-9]+ faults to 1 in [0-9]+ runs\n")
                .containsOnlyOnce("\n  fault    : server error 40001\n");
        String token = message.replaceAll("(?s).*-Dchaos\\.replay=(c2:\\S+).*", "$1");
        for (int run = 0; run < 3; run++) {
            Inner again = Inner.run(PaymentsTestCases.class, Map.of("chaos.replay", token));
            assertThat(again.message())
                    .contains("expected: 12")
                    .containsOnlyOnce("\n  fault    : server error 40001\n")
                    .contains(token);
        }
    }

    @Test
    void alsoWhereAllStatementsGoOverOneConnection() {
        assertThat(Inner.run(PooledTestCases.class).message())
                .contains("expected: 12")
                .containsPattern("\n  shrunk   : [0-9]+ faults to 1 in [0-9]+ runs\n")
                .containsOnlyOnce("\n  fault    : server error 40001\n");
    }

    @PostgresTest
    @Tag(ChaosTags.PROPERTY)
    static class PooledTestCases {

        @ChaosTest
        @ChaosSeed(1)
        @PoolSize(1)
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account", probability = 0.5)
        void twelvePaymentsArrive(HikariDataSource bank) throws SQLException {
            PaymentsTestCases.requireTwelve(bank);
        }
    }

    @PostgresTest
    @Tag(ChaosTags.PROPERTY)
    static class PaymentsTestCases {

        @ChaosTest
        @ChaosSeed(1)
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001", on = "UPDATE account", probability = 0.5)
        void twelvePaymentsArrive(DataSource bank) throws SQLException {
            requireTwelve(bank);
        }

        static void requireTwelve(DataSource bank) throws SQLException {
            int before = Bank.balances(bank).get(0);
            for (int payment = 1; payment <= 12; payment++) {
                pay(bank, payment == 7 ? 1 : 20);
            }
            assertThat(Bank.balances(bank).get(0) - before).isEqualTo(12);
        }

        /** The seventh is tried once only. */
        private static void pay(DataSource bank, int attempts) throws SQLException {
            for (int attempt = 1; attempt <= attempts; attempt++) {
                try {
                    Bank.add(bank, 1, 1);
                    return;
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("40001");
                }
            }
        }
    }
}

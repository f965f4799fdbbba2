// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.wire.Sabotage;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What a test's superclass and the classes around it send is the test's own, as what it sends itself. */
class MustCatchArrangedTest {

    abstract static class Arranging {
        @BeforeEach
        void arrange(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("INSERT INTO account VALUES (3, 0)");
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class AroundTestCases extends Arranging {
        private void lookAt(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("UPDATE account SET balance = 7 WHERE id = 3");
            }
        }

        @Nested
        @IsolatedSchema("bank.sql")
        class WithinTestCases {
            @ChaosMustCatch({Sabotage.RUN_TWICE, Sabotage.DROP_WRITE})
            void looksAtWhatIsTriedOnly(DataSource bank) throws SQLException {
                lookAt(bank);
                Bank.add(bank, 1, -100);
                assertThat(Bank.balances(bank)).startsWith(900, 1000);
            }
        }
    }

    @Test
    void isNotTried() {
        Inner inner = Inner.run(AroundTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.published("chaos.mustCatch")).containsExactly("2 places");
        assertThat(inner.succeeded()).isEqualTo(3);
    }
}

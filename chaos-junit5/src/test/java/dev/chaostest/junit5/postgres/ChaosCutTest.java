// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.When;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RECOVERY)
class ChaosCutTest {

    @ChaosTest
    @ChaosCut(on = "COMMIT")
    void aCommitThatIsNeverSentIsNotCommitted(DataSource bank, ChaosScope scope) throws SQLException {
        SQLException lost = commitOf(bank);

        assertThat(lost.getSQLState()).startsWith("08");
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("connection lost");
    }

    @ChaosTest
    @ChaosCut(on = "COMMIT", strikes = When.AFTER)
    void aCommitWhoseAnswerIsCutIsCommitted(DataSource bank) throws SQLException {
        SQLException lost = commitOf(bank);

        assertThat(lost.getSQLState()).startsWith("08");
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosCut(on = "UPDATE account", strikes = When.AFTER)
    void aStatementOutsideATransactionIsCommittedTooWhenItsAnswerIsCut(DataSource bank) throws SQLException {
        SQLException lost = catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1));

        assertThat(lost.getSQLState()).startsWith("08");
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosCut(on = "UPDATE account")
    void aPoolThrowsTheLostConnectionAwayAndGoesOn(HikariDataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            SQLException lost = catchThrowableOfType(SQLException.class, () -> Bank.add(connection, 1, 1));
            assertThat(lost.getSQLState()).startsWith("08");
            assertThat(connection.isClosed()).isTrue();
        }
        Bank.add(bank, 1, 1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    private static SQLException commitOf(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Bank.add(connection, 1, 1);
            return catchThrowableOfType(SQLException.class, connection::commit);
        }
    }
}

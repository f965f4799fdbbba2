// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.ledger.LedgerEntry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

/** What is no statement: the begin of a session, a row, a cancel; and what ends a session. */
@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.TRANSACTION)
class OperationTest {

    @ChaosTest
    @ChaosFailure(sqlState = "53300", operation = Operation.CONNECT)
    void poolConnectsAgainWhenTheServerHadNoRoom(HikariDataSource bank, ChaosScope scope) throws SQLException {
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        assertThat(answers(scope)).containsExactly("53300");
    }

    @ChaosTest
    @ChaosCut(operation = Operation.CONNECT, times = 0)
    void poolThatCanNotConnectSaysSo(HikariDataSource bank) {
        bank.setConnectionTimeout(3_000);
        assertThatThrownBy(bank::getConnection)
                .isInstanceOf(java.sql.SQLTransientConnectionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
    }

    @ChaosTest
    @ChaosCut(on = "SELECT account", operation = Operation.ROW, nth = 2)
    void connectionIsLostAtTheSecondRow(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement("SELECT id FROM account ORDER BY id")) {
                select.setFetchSize(1);
                ResultSet rows = select.executeQuery();
                assertThat(rows.next()).isTrue();
                SQLException lost = catchThrowableOfType(SQLException.class, rows::next);
                assertThat(lost.getSQLState()).isEqualTo("08006");
            }
        }
    }

    @ChaosTest
    @ChaosHang(on = "UPDATE account")
    @ChaosCut(operation = Operation.CANCEL)
    void cancelThatIsLostIsSentAgainByTheCaller(DataSource bank, ChaosScope scope) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement update = connection.createStatement()) {
            connection.setNetworkTimeout(Runnable::run, 6_000); // long behind the query time-out
            update.setQueryTimeout(1);
            SQLException late = catchThrowableOfType(
                    SQLException.class, () -> update.execute("UPDATE account SET balance = 5 WHERE id = 1"));
            assertThat(late.getSQLState())
                    .as("the query time-out has no effect")
                    .isEqualTo("08006");
        }
        assertThat(answers(scope)).containsExactlyInAnyOrder("connection lost", "hung until the connection ended");
    }

    @ChaosTest
    @ChaosFailure(sqlState = "57P01", on = "UPDATE account")
    void poolReplacesAConnectionThatWasTerminated(HikariDataSource bank, ChaosScope scope) throws SQLException {
        SQLException gone = catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1));
        assertThat(gone.getSQLState()).isEqualTo("57P01");
        Bank.add(bank, 1, 1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
        assertThat(answers(scope)).containsExactly("57P01");
    }

    @ChaosTest
    @ChaosFailure(sqlState = "55P03", on = "UPDATE account")
    void lockTimeoutIsReal(DataSource bank, ChaosScope scope) {
        SQLException late = catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1));
        assertThat(late.getMessage()).startsWith("ERROR: canceling statement due to lock timeout");
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::cause)
                .containsExactly(LedgerEntry.Cause.REAL);
    }

    private static java.util.List<String> answers(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }
}

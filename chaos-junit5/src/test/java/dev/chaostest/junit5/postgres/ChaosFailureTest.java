// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.ledger.LedgerEntry;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.TRANSACTION)
class ChaosFailureTest {

    @BeforeEach
    void faultsDoNotStrikeBeforeTheTestMethod(DataSource bank) throws SQLException {
        Bank.add(bank, 1, 5);
        Bank.add(bank, 1, -5);
    }

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "UPDATE account", times = 2)
    void theServerFailsTheFirstTwoUpdates(DataSource bank, ChaosScope scope) throws SQLException {
        PSQLException first = failureOf(() -> Bank.add(bank, 1, 1));
        PSQLException second = failureOf(() -> Bank.add(bank, 1, 1));
        Bank.add(bank, 1, 1);

        assertThat(first.getSQLState()).isEqualTo("40001");
        assertThat(first.getServerErrorMessage().getSeverity()).isEqualTo("ERROR");
        assertThat(second.getSQLState()).isEqualTo("40001");
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
        assertThat(scope.fired())
                .extracting(fired -> fired.hit().site().toString())
                .containsOnly("sql:UPDATE account SET balance = balance + $1 WHERE id = $2")
                .hasSize(2);
        assertThat(scope.fired().get(0).caller()).startsWith("Bank.add:");
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("40001", "40001");
    }

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    void theTransactionIsReallyAborted(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            assertThat(failureOf(() -> Bank.add(connection, 1, 1)).getSQLState())
                    .isEqualTo("40001");
            assertThat(failureOf(() -> Bank.add(connection, 1, 1)).getSQLState())
                    .isEqualTo("25P02");
            connection.rollback();
            Bank.add(connection, 1, 1);
            connection.commit();
        }
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "COMMIT")
    void aCommitThatFailsLeavesTheSessionIdle(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Bank.add(connection, 1, 1);
            assertThat(failureOf(connection::commit).getSQLState()).isEqualTo("40001");
            assertThat(Bank.balances(connection)).containsExactly(1000, 1000);
            connection.commit();
        }
    }

    @ChaosTest
    @ChaosFailure(sqlState = "53200", operation = Operation.COMMIT)
    void theOperationAloneIsATargetToo(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            Bank.add(connection, 1, 1);
            assertThat(failureOf(connection::commit).getSQLState()).isEqualTo("53200");
        }
    }

    @ChaosTest
    @ChaosFailure(sqlState = "P0001", on = "UPDATE account", nth = 2, message = "it's \"full\"; DROP TABLE account; --")
    void onlyTheSecondFailsWithTheMessageThatWasAskedFor(DataSource bank) throws SQLException {
        Bank.add(bank, 1, 1);
        PSQLException second = failureOf(() -> Bank.add(bank, 1, 1));
        Bank.add(bank, 1, 1);

        assertThat(second.getServerErrorMessage().getMessage()).isEqualTo("it's \"full\"; DROP TABLE account; --");
        assertThat(Bank.balances(bank)).containsExactly(1002, 1000);
    }

    @ChaosTest
    @ChaosFailure(sqlState = "23505", matching = "set\\s+balance", every = 2)
    void eachSecondFails(DataSource bank, ChaosScope scope) throws SQLException {
        Bank.add(bank, 1, 1);
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("23505");
        Bank.add(bank, 1, 1);
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("23505");
        assertThat(scope.fired()).hasSize(2);
    }

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "account_old", mayMiss = true)
    void anAccountIsNotAnOldAccount(DataSource bank, ChaosScope scope) throws SQLException {
        Bank.add(bank, 1, 1);

        assertThat(scope.fired()).isEmpty();
    }

    @ChaosTest
    @ChaosDelay(value = "1ms", on = "UPDATE account")
    @ChaosFailure(sqlState = "40001", on = "UPDATE account", nth = 1)
    @ChaosFailure(sqlState = "40P01", on = "UPDATE account", nth = 2)
    void severalFaultsMeetInOneTest(DataSource bank, ChaosScope scope) throws SQLException {
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40001");
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40P01");
        assertThat(scope.fired()).hasSize(4);
    }

    @Test
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    void worksBesideAPlainTest(DataSource bank) {
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40001");
    }

    @RepeatedTest(2)
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    void worksBesideARepeatedTest(DataSource bank) {
        assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40001");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    void worksBesideAParameterizedTest(int account, DataSource bank) {
        assertThat(failureOf(() -> Bank.add(bank, account, 1)).getSQLState()).isEqualTo("40001");
    }

    @Nested
    @ChaosFailure(sqlState = "40001", on = "UPDATE account")
    class WhenItStandsOnTheClass {
        @Test
        void itHoldsForEachTest(DataSource bank) {
            assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40001");
        }

        @Test
        @ChaosFailure(sqlState = "40P01", on = "UPDATE account", nth = 2)
        void theMethodsOwnComesOnTop(DataSource bank) {
            assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40001");
            assertThat(failureOf(() -> Bank.add(bank, 1, 1)).getSQLState()).isEqualTo("40P01");
        }
    }

    private static PSQLException failureOf(SqlAction action) {
        return catchThrowableOfType(PSQLException.class, action::run);
    }

    private interface SqlAction {
        void run() throws Exception;
    }
}

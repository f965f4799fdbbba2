// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.When;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults of annotations at messages. */
@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RECOVERY)
class MessageTest {

    @ChaosTest
    @ChaosCut(message = "CommandComplete", strikes = When.BEFORE)
    void anAnswerThatIsCutIsDoneAllTheSame(DataSource bank, ChaosScope scope) throws SQLException {
        SQLException lost = catchThrowableOfType(SQLException.class, () -> Bank.add(bank, 1, 1));

        assertThat(lost.getSQLState()).isEqualTo("08006");
        assertThat(scope.ledger().entries(LedgerEntry.Fired.class))
                .singleElement()
                .satisfies(fired -> assertThat(fired.hit().site()).hasToString("wire:CommandComplete"));
    }

    @ChaosTest
    @ChaosCut(message = "DataRow", on = "SELECT account", nth = 2, reset = true)
    void aConnectionBreaksAtTheSecondRow(DataSource bank) {
        assertThatThrownBy(() -> Bank.balances(bank))
                .isInstanceOf(SQLException.class)
                .hasRootCauseMessage("Connection reset");
    }

    @ChaosTest
    @ChaosDelay(message = "Execute", value = "20ms", times = 2)
    @ChaosHang(message = "ReadyForQuery", mayMiss = true, nth = 1_000)
    void messagesComeLate(DataSource bank, ChaosScope scope) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            Bank.add(connection, 1, 1);
            Bank.add(connection, 1, 1);
        }
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("after 20ms", "after 20ms");
    }

    @Test
    void aMessageThatIsNoneIsRefusedWithTheNearest() {
        assertRefused(
                new Where("@ChaosCut", "", "", Operation.ANY, "CommandComplet"),
                "@ChaosCut: message must be a message of the protocol by its name in PostgreSQL's documentation, but was "
                        + "\"CommandComplet\". The nearest is \"CommandComplete\".");
    }

    @Test
    void aMessageStandsInPlaceOfAStatement() {
        assertRefused(
                new Where("@ChaosCut", "", "", Operation.ROW, "Sync"),
                "@ChaosCut: only one of message and operation must be set, but message is \"Sync\" and operation is ROW. "
                        + "Remove one.");
        assertRefused(
                new Where("@ChaosDelay", "SELECT account", "", Operation.ANY, "Sync"),
                "@ChaosDelay: on and matching must not be set with a message that is of no one statement, but message is "
                        + "\"Sync\". Remove them, or use message = \"DataRow\".");
        assertThat(new Where("@ChaosDelay", "SELECT account", "", Operation.ANY, "DataRow").target())
                .hasToString("rows of SELECT account");
    }

    private static void assertRefused(Where where, String message) {
        assertThatThrownBy(where::target).isInstanceOf(ChaosException.class).hasMessage(message);
    }
}

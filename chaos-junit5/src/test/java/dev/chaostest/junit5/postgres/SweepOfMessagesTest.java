// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class SweepOfMessagesTest {

    @Test
    void messagesArePointsOnRequest() {
        Inner inner = Inner.run(MessagesTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).anyMatch(name -> name.contains("connection lost before ReadyForQuery"));
    }

    @Test
    void aConnectionIsLostAfterItsLastMessageOnlySinceAllOthersHaveANext() {
        Inner inner = Inner.run(RowsTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.names())
                .filteredOn(name -> name.contains("connection lost after "))
                .isNotEmpty();
        assertThat(inner.names().stream().filter(name -> name.contains(" after ReadyForQuery")))
                .hasSize(1);
        assertThat(inner.published("chaos.sweep"))
                .singleElement()
                .asString()
                .containsPattern("pruned +: \\d+ x connection lost after a message: the same as before the next one");
    }

    @Test
    void theServerCancelsAmidRows() {
        Inner inner = Inner.run(RowsTestCases.class);

        assertThat(inner.names())
                .filteredOn(name -> name.contains(" amid the rows of SELECT account"))
                .hasSize(2)
                .anyMatch(name -> name.contains(" 57014 amid "))
                .anyMatch(name -> name.contains(" connection lost amid "));
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RowsTestCases {
        @ChaosSweep(
                messages = true,
                faults = {"connection lost", "57014"})
        void reads(Connection connection) throws SQLException {
            assertThat(Bank.balances(connection)).hasSize(2);
        }
    }

    /** The bug: what has come is taken for all that there is. */
    @Test
    void whoTakesWhatHasComeForAllIsFoundByACancelAmidTheRows() {
        Inner inner = Inner.run(PartTestCases.class);

        assertThat(inner.message())
                .contains("57014 amid the rows of SELECT account ")
                .contains(" broke it");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class PartTestCases {
        @ChaosSweep(messages = true, faults = "57014")
        void counts(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                int seen = 0;
                try (Statement statement = connection.createStatement()) {
                    statement.setFetchSize(5);
                    ResultSet rows = statement.executeQuery("SELECT balance FROM account, generate_series(1, 5)");
                    while (rows.next()) {
                        seen++;
                    }
                } catch (SQLException e) {
                    if (seen == 0) {
                        throw e;
                    }
                }
                connection.rollback();
                assertThat(seen).isEqualTo(10);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class MessagesTestCases {
        @ChaosSweep(messages = true, faults = "connection lost")
        void adds(Connection connection) throws SQLException {
            Bank.add(connection, 1, 1);
        }
    }
}

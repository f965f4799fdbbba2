// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SweepOfMessagesTest {

    @Test
    void messagesArePointsOnRequest() {
        Inner inner = Inner.run(MessagesTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).anyMatch(name -> name.contains("connection lost before ReadyForQuery"));
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

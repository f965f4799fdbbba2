// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

class ServerErrorTest {

    private static final String UPDATE = "UPDATE account SET balance = balance - ? WHERE id = ?";

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"})
    void updateInTransactionFailsInEveryQueryMode(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(first("UPDATE account", "40001"))) {
            connection.setAutoCommit(false);
            assertFails("40001", () -> update(connection, 1, 100));
            assertFails("25P02", () -> update(connection, 1, 100));
            connection.rollback();
            assertThat(update(connection, 1, 100)).isOne();
            connection.commit();
            assertThat(bank.balance(1)).isEqualTo(900);
            assertThat(armed.fired()).hasSize(1);
            assertThat(armed.fired().get(0).caller()).startsWith("ServerErrorTest.");
            assertThat(armed.answers()).containsExactly("40001");
            assertThat(armed.hits(armed.fired().get(0).hit().site().name())).isEqualTo(3);
            assertNothingLeft(connection);
        }
    }

    private static Rule first(String target, String state) {
        return Rule.of(SqlTarget.on(target), Trigger.first(1), ServerError.of(state));
    }

    private static int update(Connection connection, int id, int amount) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
            update.setInt(1, amount);
            update.setInt(2, id);
            return update.executeUpdate();
        }
    }

    private static void assertFails(String state, ThrowingCallable action) {
        assertThatThrownBy(action)
                .isExactlyInstanceOf(PSQLException.class)
                .satisfies(thrown -> assertThat(((SQLException) thrown).getSQLState())
                        .as(thrown.toString())
                        .isEqualTo(state));
    }

    private static void assertNothingLeft(Connection connection) throws SQLException {
        assertThat(WireTestServer.read(
                        connection, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'chaos%'"))
                .isEqualTo("0");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.Sabotage;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the database holds after each sabotage, and what the client sees of it: nothing. */
class SabotageTest {

    private static final String ADD = "UPDATE account SET balance = balance + ? WHERE id = ?";

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = fixture();
    }

    WireFixture fixture() throws SQLException {
        return new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"})
    void commitIsSentInPlaceOfRollback(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("ROLLBACK", Sabotage.COMMIT_INSTEAD_OF_ROLLBACK))) {
            connection.setAutoCommit(false);
            add(connection, 1, 5);
            connection.rollback();
            assertThat(bank.balance(1)).isEqualTo(1005);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            add(connection, 1, 1);
            connection.rollback();
            assertThat(bank.balance(1)).isEqualTo(1005);
            assertWorks(connection);
        }
    }

    @Test
    void rollbackOfAFailedTransactionStaysOne() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule("ROLLBACK", Sabotage.COMMIT_INSTEAD_OF_ROLLBACK))) {
            connection.setAutoCommit(false);
            add(connection, 1, 5);
            assertThatThrownBy(() -> WireTestServer.run(connection, "SELECT 1 / 0"))
                    .isInstanceOf(SQLException.class);
            connection.rollback();
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertThat(armed.answers()).containsExactly("not done: no healthy transaction was open");
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"})
    void commitInTheMiddleKeepsWhatCameBefore(String mode) throws SQLException {
        Rule second = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), Sabotage.COMMIT_IN_THE_MIDDLE);
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(second)) {
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            connection.setAutoCommit(false);
            assertThat(add(connection, 1, 5)).isOne();
            assertThat(add(connection, 2, 5)).isOne();
            assertThat(WireTestServer.read(connection, "SHOW transaction_isolation"))
                    .isEqualTo("serializable");
            connection.rollback();
            assertThat(bank.balance(1)).isEqualTo(1005);
            assertThat(bank.balance(2)).isEqualTo(1000);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void nothingIsCommittedInTheMiddleOfNoTransaction(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("UPDATE account", Sabotage.COMMIT_IN_THE_MIDDLE))) {
            assertThat(add(connection, 1, 5)).isOne();
            assertThat(armed.answers()).containsExactly("not done: no transaction was open");
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"})
    void statementIsRunTwice(String mode) throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Connection connection = bank.connect("preferQueryMode", mode);
                    var armed = bank.arm(rule("UPDATE account", Sabotage.RUN_TWICE))) {
                connection.setAutoCommit(autoCommit);
                assertThat(add(connection, 1, 5)).isOne();
                assertThat(add(connection, 1, 100)).isOne();
                if (!autoCommit) {
                    connection.commit();
                }
                assertThat(armed.answers()).containsExactly(Sabotage.DONE);
                assertWorks(connection);
            }
        }
        assertThat(bank.balance(1)).isEqualTo(1220);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void rowsOfTheSecondRunAreSwallowed(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement insert = connection.createStatement();
                var armed = bank.arm(rule("INSERT account", Sabotage.RUN_TWICE))) {
            String sql = "INSERT INTO account SELECT max(id) + 1, 7 FROM account RETURNING id -- a comment";
            assertThat(ints(insert.executeQuery(sql))).containsExactly(10);
            assertThat(insert.getMoreResults()).isFalse();
            assertThat(bank.balance(11)).isEqualTo(7);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void whatCantBeRunTwiceFails(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("INSERT account", Sabotage.RUN_TWICE))) {
            SQLException twice = catchThrowableOfType(
                    SQLException.class, () -> WireTestServer.run(connection, "INSERT INTO account VALUES (10, 7)"));
            assertThat(twice.getSQLState()).isEqualTo("23505");
            assertThat(armed.answers()).containsExactly("done, and the server answered 23505");
            assertWorks(connection);
        }
    }

    @Test
    void secondRunThatChangesNothingIsWithoutEffect() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule("DELETE account", Sabotage.RUN_TWICE))) {
            WireTestServer.run(connection, "DELETE FROM account WHERE id = 1");
            assertThat(armed.answers()).containsExactly(Sabotage.WITHOUT_EFFECT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple", "extendedCacheEverything"})
    void writeIsDroppedAndItsAnswerKept(String mode) throws SQLException {
        for (boolean autoCommit : new boolean[] {true, false}) {
            try (Connection connection = bank.connect("preferQueryMode", mode);
                    var armed = bank.arm(rule("UPDATE account", Sabotage.DROP_WRITE))) {
                connection.setAutoCommit(autoCommit);
                assertThat(add(connection, 1, 5)).isOne();
                assertThat(add(connection, 2, 100)).isOne();
                if (!autoCommit) {
                    connection.commit();
                }
                assertThat(armed.answers()).containsExactly(Sabotage.DONE);
                assertWorks(connection);
            }
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(bank.balance(2)).isEqualTo(1200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void writeThatFailsByItselfLeavesNoTransactionOpen(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("INSERT account", Sabotage.DROP_WRITE))) {
            SQLException doubled = catchThrowableOfType(
                    SQLException.class, () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 7)"));
            assertThat(doubled.getSQLState()).isEqualTo("23505");
            assertThat(armed.answers()).containsExactly("not done: the server answered 23505");
            assertThat(add(connection, 1, 5)).isOne();
            assertThat(bank.balance(1)).isEqualTo(1005);
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneElementOfABatchIsStruck(boolean autoCommit) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule("UPDATE account", Sabotage.DROP_WRITE))) {
            assertThat(batch(connection, autoCommit)).containsExactly(1, 1, 1);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            assertWorks(connection);
        }
        assertThat(List.of(bank.balance(1), bank.balance(2), bank.balance(3))).containsExactly(1000, 1005, 1005);
        Rule second = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), Sabotage.RUN_TWICE);
        try (Connection connection = bank.connect();
                var armed = bank.arm(second)) {
            assertThat(batch(connection, autoCommit)).containsExactly(1, 1, 1);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            assertWorks(connection);
        }
        assertThat(List.of(bank.balance(1), bank.balance(2), bank.balance(3))).containsExactly(1005, 1015, 1010);
    }

    @Test
    void laterElementThatCommitsWithTheOthersIsNotDropped() throws SQLException {
        Rule second = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), Sabotage.DROP_WRITE);
        try (Connection connection = bank.connect();
                var armed = bank.arm(second)) {
            assertThat(batch(connection, true)).containsExactly(1, 1, 1);
            assertThat(armed.answers()).containsExactly("not done: it commits together with what was sent before it");
        }
    }

    @Test
    void statementThatTheServerPreparedIsStruck() throws SQLException {
        Rule seventh = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(7), Sabotage.RUN_TWICE);
        Rule eighth = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(8), Sabotage.DROP_WRITE);
        try (Connection connection = bank.connect();
                PreparedStatement add = connection.prepareStatement(ADD);
                var armed = bank.arm(seventh, eighth)) {
            add.setInt(1, 1);
            add.setInt(2, 1);
            for (int i = 1; i <= 9; i++) {
                assertThat(add.executeUpdate()).isOne();
            }
            assertThat(bank.balance(1)).isEqualTo(1009);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE, Sabotage.DONE);
            assertWorks(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void rowIsHidden(String mode) throws SQLException {
        Rule third = Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), Sabotage.HIDE_ROW);
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement read = connection.createStatement();
                var armed = bank.arm(third)) {
            assertThat(ints(read.executeQuery("SELECT id FROM account ORDER BY id")))
                    .containsExactly(1, 2, 4, 5, 6, 7, 8, 9);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            assertWorks(connection);
        }
    }

    @Test
    void rowOfAPortionIsHidden() throws SQLException {
        Rule third = Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(3), Sabotage.HIDE_ROW);
        try (Connection connection = bank.connect();
                Statement read = connection.createStatement();
                var armed = bank.arm(third)) {
            connection.setAutoCommit(false);
            read.setFetchSize(2);
            assertThat(ints(read.executeQuery("SELECT id FROM account ORDER BY id")))
                    .containsExactly(1, 2, 4, 5, 6, 7, 8, 9);
            assertThat(armed.answers()).containsExactly(Sabotage.DONE);
            connection.commit();
        }
    }

    @Test
    void largeValueHasGoneOutAlready() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule("UPDATE account", Sabotage.RUN_TWICE));
                PreparedStatement update =
                        connection.prepareStatement("UPDATE account SET balance = length(?) WHERE id = 1")) {
            update.setString(1, "x".repeat(1_000_000));
            assertThat(update.executeUpdate()).isOne();
            assertThat(bank.balance(1)).isEqualTo(1_000_000);
            assertThat(armed.answers()).containsExactly("not done: its values had gone out already");
            assertWorks(connection);
        }
    }

    @Test
    void whatCantBeItsTargetIsRefused() {
        assertThatThrownBy(() -> Rule.of(SqlTarget.on("SELECT account"), Trigger.nth(1), Sabotage.HIDE_ROW))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The target of HIDE_ROW must be rows, but was SELECT account. "
                        + "Use SqlTarget.on(...).rows().");
        assertThatThrownBy(() -> Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(1), Sabotage.RUN_TWICE))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The target of RUN_TWICE must be a statement, but was rows of SELECT account. "
                        + "Use SqlTarget.on(...).");
    }

    private static Rule rule(String on, Sabotage sabotage) {
        return Rule.of(SqlTarget.on(on), Trigger.nth(1), sabotage);
    }

    private static int add(Connection connection, int id, int amount) throws SQLException {
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            add.setInt(1, amount);
            add.setInt(2, id);
            return add.executeUpdate();
        }
    }

    private static int[] batch(Connection connection, boolean autoCommit) throws SQLException {
        connection.setAutoCommit(autoCommit);
        try (PreparedStatement add = connection.prepareStatement(ADD)) {
            for (int id = 1; id <= 3; id++) {
                add.setInt(1, 5);
                add.setInt(2, id);
                add.addBatch();
            }
            int[] counts = add.executeBatch();
            if (!autoCommit) {
                connection.commit();
            }
            return counts;
        }
    }

    private static List<Integer> ints(ResultSet rows) throws SQLException {
        List<Integer> ints = new ArrayList<>();
        while (rows.next()) {
            ints.add(rows.getInt(1));
        }
        return ints;
    }

    /** Neither a statement of ours nor a warning is left, and answers still belong to their questions. */
    private static void assertWorks(Connection connection) throws SQLException {
        assertThat((Object) connection.getWarnings()).isNull();
        assertThat(WireTestServer.read(connection, "SELECT 7")).isEqualTo("7");
        assertThat(WireTestServer.read(
                        connection, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'chaos%'"))
                .isEqualTo("0");
        if (!connection.getAutoCommit()) {
            connection.rollback();
        }
    }
}

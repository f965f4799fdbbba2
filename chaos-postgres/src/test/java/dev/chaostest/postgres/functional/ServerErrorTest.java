// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

class ServerErrorTest {

    private static final String UPDATE = "UPDATE account SET balance = balance - ? WHERE id = ?";

    private static final String NORMALISED = "UPDATE account SET balance = balance - $1 WHERE id = $2";

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

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple"})
    void plainStatementFailsInAutocommitAndTheNextWorks(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(first("UPDATE account", "40P01"))) {
            String sql = "UPDATE account SET balance = 5 WHERE id = 2";
            assertFails("40P01", () -> WireTestServer.run(connection, sql));
            assertThat(bank.balance(2)).isEqualTo(1000);
            WireTestServer.run(connection, sql);
            assertThat(bank.balance(2)).isEqualTo(5);
            assertThat(armed.answers()).containsExactly("40P01");
            assertThat(armed.hits("UPDATE account SET balance = ? WHERE id = ?"))
                    .isEqualTo(2);
        }
    }

    @Test
    void serverPreparedStatementSurvivesItsFailure() throws SQLException {
        Rule seventh = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(7), ServerError.of("40001"));
        try (Connection connection = bank.connect();
                PreparedStatement update = connection.prepareStatement(UPDATE);
                var armed = bank.arm(seventh)) {
            update.setInt(1, 1);
            update.setInt(2, 3);
            for (int i = 1; i <= 6; i++) {
                assertThat(update.executeUpdate()).isOne();
            }
            assertFails("40001", update::executeUpdate);
            assertThat(update.executeUpdate()).isOne();
            assertThat(bank.balance(3)).isEqualTo(993);
            assertThat(armed.fired().get(0).hit().nth()).isEqualTo(7);
            assertThat(armed.hits(NORMALISED)).isEqualTo(8);
            assertNothingLeft(connection);
        }
    }

    @Test
    void preparedAtOnceAndPersistentlyFailing() throws SQLException {
        Rule always = Rule.of(SqlTarget.on("UPDATE account"), Trigger.always(), ServerError.of("55P03"));
        try (Connection connection = bank.connect("prepareThreshold", "1")) {
            try (var armed = bank.arm(always)) {
                for (int i = 0; i < 3; i++) {
                    assertFails("55P03", () -> update(connection, 1, 1));
                }
                assertThat(armed.answers()).containsExactly("55P03", "55P03", "55P03");
            }
            assertThat(update(connection, 1, 1)).isOne();
            assertNothingLeft(connection);
        }
    }

    @Test
    void batchFailsAtTheChosenElement() throws SQLException {
        Rule second = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.of("40001"));
        try (Connection connection = bank.connect();
                PreparedStatement update = connection.prepareStatement(UPDATE);
                var armed = bank.arm(second)) {
            connection.setAutoCommit(false);
            batch(update, 3);
            assertThatThrownBy(update::executeBatch)
                    .isInstanceOf(BatchUpdateException.class)
                    .satisfies(thrown ->
                            assertThat(((SQLException) thrown).getSQLState()).isEqualTo("40001"));
            connection.rollback();
            batch(update, 3);
            assertThat(update.executeBatch()).containsExactly(1, 1, 1);
            connection.commit();
            assertThat(armed.answers()).containsExactly("40001");
            assertThat(armed.round().mismatches()).isEmpty();
            assertThat(armed.hits(NORMALISED)).isEqualTo(5);
            assertNothingLeft(connection);
        }
    }

    @Test
    void persistentErrorStrikesABatchOnceBecauseTheServerSkipsTheRest() throws SQLException {
        Rule always = Rule.of(SqlTarget.on("UPDATE account"), Trigger.always(), ServerError.of("40001"));
        try (Connection connection = bank.connect();
                PreparedStatement update = connection.prepareStatement(UPDATE);
                var armed = bank.arm(always)) {
            batch(update, 3);
            assertThatThrownBy(update::executeBatch).isInstanceOf(BatchUpdateException.class);
            assertThat(armed.answers()).containsExactly("40001");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "extendedForPrepared", "simple"})
    void failedCommitLeavesTheSessionIdleAndNothingBehind(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(first("COMMIT", "40001"))) {
            connection.setAutoCommit(false);
            update(connection, 4, 100);
            assertThatThrownBy(connection::commit).isInstanceOfSatisfying(PSQLException.class, failure -> {
                assertThat(failure.getSQLState()).isEqualTo("40001");
                assertThat(Objects.requireNonNull(failure.getServerErrorMessage())
                                .getWhere())
                        .as("a block of ours, which no real failure has")
                        .isNull();
            });
            assertThat(connection.unwrap(BaseConnection.class).getTransactionState())
                    .isEqualTo(TransactionState.IDLE);
            assertThat(WireTestServer.read(connection, "SELECT balance FROM account WHERE id = 4"))
                    .isEqualTo("1000");
            update(connection, 4, 100);
            connection.commit();
            assertThat(bank.balance(4)).isEqualTo(900);
            assertThat(armed.answers()).containsExactly("40001");
            assertThat(armed.hits("COMMIT")).isEqualTo(2);
            assertNothingLeft(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void errorPlannedInAnAbortedTransactionComesBackAsAnotherAndIsReported(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(first("UPDATE account", "40001"))) {
            connection.setAutoCommit(false);
            assertFails("22012", () -> WireTestServer.read(connection, "SELECT 1 / 0"));
            assertFails("25P02", () -> update(connection, 1, 1));
            connection.rollback();
            assertThat(armed.answers()).containsExactly("25P02");
            assertThat(armed.round().mismatches()).hasSize(1);
            assertThat(armed.round().mismatches().get(0))
                    .contains("server error 40001")
                    .contains("25P02");
            update(connection, 1, 1);
            connection.commit();
            assertNothingLeft(connection);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void timeoutPlannedInAnAbortedTransactionIsReportedAsWhatCameBack(String mode) throws SQLException {
        Rule timeout = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.statementTimeout());
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(timeout)) {
            connection.setAutoCommit(false);
            assertFails("22012", () -> WireTestServer.read(connection, "SELECT 1 / 0"));
            assertFails("25P02", () -> update(connection, 1, 1));
            assertThat(armed.answers()).containsExactly("25P02");
            connection.rollback();
        }
    }

    @Test
    void commitOfAnAbortedTransactionReportsTheMismatchAndLeavesTheSessionIdle() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(first("COMMIT", "40001"))) {
            connection.setAutoCommit(false);
            assertFails("22012", () -> WireTestServer.read(connection, "SELECT 1 / 0"));
            assertFails("25P02", connection::commit);
            assertThat(armed.answers()).containsExactly("25P02");
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anyStatementPassesOverBeginAndRollback() throws SQLException {
        Rule first = Rule.of(SqlTarget.any(), Trigger.first(2), ServerError.of("40001"));
        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(false);
            try (var armed = bank.arm(first)) {
                assertFails("40001", () -> update(connection, 1, 1));
                connection.rollback();
                assertFails("40001", () -> update(connection, 1, 1));
                connection.rollback();
                update(connection, 1, 1);
                connection.commit();
                assertThat(armed.hits("BEGIN")).isEqualTo(3);
                assertThat(armed.hits("ROLLBACK")).isEqualTo(2);
                assertThat(armed.fired()).extracting(f -> f.hit().site().name()).containsOnly(NORMALISED);
                assertThat(armed.round().decisions().tallies().get(0).reached()).isEqualTo(4);
            }
        }
    }

    @Test
    void savepointSavesWhatWasDoneBefore() throws SQLException {
        try (Connection connection = bank.connect();
                var armed =
                        bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.of("40001")))) {
            connection.setAutoCommit(false);
            update(connection, 1, 100);
            Savepoint before = connection.setSavepoint();
            assertFails("40001", () -> update(connection, 2, 100));
            connection.rollback(before);
            update(connection, 3, 100);
            connection.commit();
            assertThat(bank.balance(1)).isEqualTo(900);
            assertThat(bank.balance(2)).isEqualTo(1000);
            assertThat(bank.balance(3)).isEqualTo(900);
            assertThat(armed.hits("SAVEPOINT JDBC_SAVEPOINT_?")).isOne();
        }
    }

    @Test
    void autosaveOfTheDriverStillWorks() throws SQLException {
        try (Connection connection = bank.connect("autosave", "always");
                var armed =
                        bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.of("40001")))) {
            connection.setAutoCommit(false);
            update(connection, 1, 100);
            assertFails("40001", () -> update(connection, 2, 100));
            update(connection, 3, 100);
            connection.commit();
            assertThat(bank.balance(1) + bank.balance(2) + bank.balance(3)).isEqualTo(2800);
            assertThat(armed.answers()).containsExactly("40001");
            assertNothingLeft(connection);
        }
    }

    @Test
    void rewrittenBatchIsAsManyHitsAsExecutesAndOneSite() throws SQLException {
        try (Connection connection = bank.connect("reWriteBatchedInserts", "true");
                PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES (?, ?)");
                var armed = bank.arm(first("INSERT INTO account", "23505"))) {
            for (int attempt = 0; attempt < 2; attempt++) {
                for (int id = 100; id < 107; id++) {
                    insert.setInt(1, id);
                    insert.setInt(2, id);
                    insert.addBatch();
                }
                if (attempt == 0) {
                    assertThatThrownBy(insert::executeBatch).isInstanceOf(BatchUpdateException.class);
                } else {
                    insert.executeBatch();
                }
            }
            assertThat(armed.answers()).containsExactly("23505");
            assertThat(armed.round().decisions().seen())
                    .as("1 that failed, then 3 Executes of 4 + 2 + 1 rows")
                    .hasToString("{sql:INSERT INTO account VALUES ($1, $2)=4}");
        }
    }

    @Test
    void stringOfStatementsIsOneHitAndItsBeginStillBegins() throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", "simple");
                var armed = bank.arm(first("UPDATE account", "40001"))) {
            String sql = "BEGIN; UPDATE account SET balance = 1 WHERE id = 1; SELECT 2";
            assertFails("40001", () -> WireTestServer.run(connection, sql));
            assertFails("25P02", () -> WireTestServer.run(connection, "SELECT 3"));
            WireTestServer.run(connection, "ROLLBACK");
            assertThat(armed.fired().get(0).hit().site().name()).startsWith("BEGIN; UPDATE account");
            assertThat(armed.answers()).containsExactly("40001");
            assertThat(bank.balance(1)).isEqualTo(1000);
        }
    }

    @Test
    void fetchingMoreRowsIsNoNewHit() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm();
                PreparedStatement select = connection.prepareStatement("SELECT id FROM account ORDER BY id")) {
            connection.setAutoCommit(false);
            select.setFetchSize(2);
            int rows = 0;
            try (ResultSet result = select.executeQuery()) {
                while (result.next()) {
                    rows++;
                }
            }
            connection.commit();
            assertThat(rows).isEqualTo(9);
            assertThat(armed.hits("SELECT id FROM account ORDER BY id")).isOne();
        }
    }

    @Test
    void messageArrivesAsWritten() throws SQLException {
        String text = "it's 100% \\ $chaos$ \"odd\" \uD83D\uDE00\nline two";
        Rule rule =
                Rule.of(SqlTarget.on("UPDATE account"), Trigger.first(1), new ServerError(new SqlState("P0001"), text));
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule)) {
            assertThatThrownBy(() -> update(connection, 1, 1)).isInstanceOfSatisfying(PSQLException.class, thrown -> {
                ServerErrorMessage message = Objects.requireNonNull(thrown.getServerErrorMessage());
                assertThat(message.getMessage()).isEqualTo(text);
                assertThat(message.getSeverity()).isEqualTo("ERROR");
                assertThat(message.getRoutine()).isEqualTo("exec_stmt_raise");
            });
            assertThat(armed.answers()).containsExactly("P0001");
        }
    }

    private static void batch(PreparedStatement update, int elements) throws SQLException {
        for (int id = 1; id <= elements; id++) {
            update.setInt(1, 10);
            update.setInt(2, id);
            update.addBatch();
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

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.monitor.ServerState;
import dev.chaostest.postgres.wire.SqlTarget;
import java.nio.charset.StandardCharsets;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.util.PSQLException;

/** Statements and settings that are rare, and must not be disturbed by the question. */
@Timeout(120)
class UnusualTruthTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

    private TruthFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new TruthFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private static Rule lost(String site) {
        return Rule.of(SqlTarget.on(site), Trigger.nth(1), new Cut(When.AFTER));
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void columnThatIsCalledLikeOursIsTheUsers(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            assertThat(WireTestServer.read(connection, "SELECT 7 AS chaos_transaction_number"))
                    .isEqualTo("7");
            assertThat(WireTestServer.read(connection, "SELECT 8")).isEqualTo("8");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void roleThatMayNotAskIsToldWhatToDo(String mode) throws SQLException {
        bank.truth().close();
        String role = bank.schema() + "_mute";
        try (Connection direct = WireTestServer.direct();
                Truth truth = Truth.marking(bank.wire(), bank.admin(), bank.schema() + ".marks");
                Connection connection = bank.connect("preferQueryMode", mode)) {
            WireTestServer.run(direct, "CREATE ROLE " + role);
            try (var armed = bank.arm()) {
                WireTestServer.run(direct, "REVOKE EXECUTE ON FUNCTION " + bank.schema() + ".marks_mark() FROM PUBLIC");
                WireTestServer.run(direct, "GRANT USAGE ON SCHEMA " + bank.schema() + " TO " + role);
                WireTestServer.run(direct, "GRANT ALL ON " + bank.schema() + ".account TO " + role);
                connection.setAutoCommit(false);
                WireTestServer.run(connection, "SET LOCAL SESSION AUTHORIZATION " + role);
                WireTestServer.run(connection, UPDATE);
                assertThatThrownBy(connection::commit).isInstanceOfSatisfying(PSQLException.class, thrown -> {
                    assertThat(thrown.getSQLState()).isEqualTo("42501");
                    assertThat(Objects.requireNonNull(thrown.getServerErrorMessage())
                                    .getHint())
                            .isEqualTo(
                                    "While a chaos round is armed, the session is asked for the number of each transaction."
                                            + " Grant the role EXECUTE on the function (and USAGE on the schema, where marks are"
                                            + " written), or don't follow transactions in this test.");
                });
                TransactionOutcome outcome = TruthFixture.only(truth.resolve(Duration.ofSeconds(30)));
                assertThat(outcome.fate()).isEqualTo(Fate.ABORTED);
                assertThat(outcome.isGhost()).isFalse();
                assertThat(armed.fired()).isEmpty();
            } finally {
                connection.close();
                WireTestServer.run(direct, "DROP OWNED BY " + role);
                WireTestServer.run(direct, "DROP ROLE " + role);
            }
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void readOnlySessionsAreNotMarked(String mode) throws SQLException {
        bank.truth().close();
        try (Truth truth = Truth.marking(bank.wire(), bank.admin(), bank.schema() + ".marks");
                Connection connection = bank.connect("preferQueryMode", mode, "readOnlyMode", "always");
                var armed = bank.arm()) {
            connection.setReadOnly(true);
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            connection.setAutoCommit(false);
            assertThat(WireTestServer.read(connection, "SELECT 2")).isEqualTo("2");
            connection.commit();
            connection.setReadOnly(false);
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(truth.outcomes()).isEmpty();
            assertThat(armed.round().mismatches()).isEmpty();
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM marks"))
                    .isEqualTo("1");
        }
    }

    @Test
    void preparedInSqlIsFollowed() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.matching("EXECUTE.*"), Trigger.nth(1), new Cut(When.AFTER)))) {
            WireTestServer.run(connection, "PREPARE pay AS " + UPDATE);
            TruthFixture.assertState(() -> WireTestServer.run(connection, "EXECUTE pay"), "08006");
            assertThat(bank.only().isGhost()).isTrue();
            assertThat(bank.only().number()).isPresent();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "extended | NOTIFY news, 'one'",
                "simple | NOTIFY news, 'one'",
                "extended | SELECT pg_notify('news', 'one')",
                "simple | SELECT pg_notify('news', 'one')"
            })
    void notificationIsNoReading(String mode, String notification) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, notification);
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().fate()).isEqualTo(Fate.COMMITTED);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void notificationThatIsNeverSent(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.neverSent()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "NOTIFY news, 'one'");
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().fate()).isEqualTo(Fate.ABORTED);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void selectForUpdateAndFunctionsThatWrite(String mode) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            WireTestServer.run(
                    direct,
                    "CREATE FUNCTION " + bank.schema() + ".pay() RETURNS int LANGUAGE sql SET search_path = "
                            + bank.schema() + " AS 'UPDATE account SET balance = 5 WHERE id = 1 RETURNING 1'");
        }
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed =
                        bank.arm(Rule.of(SqlTarget.matching("SELECT pay.*"), Trigger.nth(1), new Cut(When.AFTER)))) {
            TruthFixture.assertState(() -> WireTestServer.read(connection, "SELECT pay()"), "08006");
            assertThat(bank.only().isGhost()).isTrue();
            assertThat(armed.fired()).hasSize(1);
        }
        bank.truth().forget();
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.read(connection, "SELECT pay()");
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().isGhost()).isTrue();
            assertThat(armed.fired()).hasSize(1);
        }
        bank.truth().forget();
        try (Connection connection = bank.connect("preferQueryMode", "extended");
                var armed = bank.arm(lost("COMMIT"));
                CallableStatement call = connection.prepareCall("{? = call pay()}")) {
            connection.setAutoCommit(false);
            call.registerOutParameter(1, Types.INTEGER);
            call.execute();
            WireTestServer.read(connection, "SELECT id FROM account FOR UPDATE");
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().isGhost()).isTrue();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "conservative", "never"})
    void savepointsAndBatchesOfTheDriver(String autosave) throws SQLException {
        try (Connection connection = bank.connect(
                        "autosave",
                        autosave,
                        "cleanupSavepoints",
                        "true",
                        "reWriteBatchedInserts",
                        "true",
                        "prepareThreshold",
                        "1");
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            try (PreparedStatement batch = connection.prepareStatement("INSERT INTO account VALUES (?, 0)")) {
                for (int id = 20; id < 60; id++) {
                    batch.setInt(1, id);
                    batch.addBatch();
                }
                assertThat(batch.executeBatch()).hasSize(40);
            }
            try (Statement statement = connection.createStatement()) {
                statement.setFetchSize(3);
                int n = 0;
                try (ResultSet rows = statement.executeQuery(
                        "INSERT INTO account SELECT g, 1 FROM generate_series(100, 130) g RETURNING id")) {
                    while (rows.next()) {
                        n++;
                    }
                }
                assertThat(n).isEqualTo(31);
            }
            if (autosave.equals("always")) {
                TruthFixture.assertState(
                        () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"), "23505");
            }
            WireTestServer.run(connection, "UPDATE account SET balance = 6 WHERE id = 2");
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().isGhost()).isTrue();
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(2)).isEqualTo(6);
        assertThat(bank.balance(130)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void rowsOfOneAutocommitInsertInPieces(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode, "prepareThreshold", "1");
                var armed = bank.arm();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO account SELECT g, 1 FROM generate_series(?, 150) g RETURNING id")) {
            insert.setInt(1, 100);
            insert.setFetchSize(3);
            insert.setMaxRows(5);
            int n = 0;
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    n++;
                }
            }
            assertThat(n).isEqualTo(mode.equals("simple") ? 51 : 5); // the driver cuts nothing off there
            assertThat(bank.truth().outcomes()).isEmpty();
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(150)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void lostCommitIsKnownAfterManyOthers(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(
                    () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"), "23505");
            connection.commit();
            connection.setAutoCommit(true);
            try (PreparedStatement update =
                    connection.prepareStatement("UPDATE account SET balance = ? WHERE id = 3")) {
                for (int n = 0; n < 1_100; n++) {
                    update.setInt(1, n);
                    update.executeUpdate();
                }
            }
            assertThat(bank.truth().lost()).hasSize(1);
            assertThat(armed.fired()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void severalStatementsWithACommitBetweenThem(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            WireTestServer.run(
                    connection, "BEGIN; " + UPDATE + "; COMMIT; UPDATE account SET balance = 6 WHERE id = 2");
            assertThat(bank.truth().outcomes()).isEmpty();
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(5);
        assertThat(bank.balance(2)).isEqualTo(6);
    }

    /** Its number can't be asked for in the same transaction, but the server said that it is done. */
    @Test
    void lostReplyOfACopy() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(lost("COPY account"))) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            TruthFixture.assertState(
                    () -> {
                        CopyIn copy = copies.copyIn("COPY account FROM STDIN");
                        byte[] row = "77\t1\n".getBytes(StandardCharsets.US_ASCII);
                        copy.writeToCopy(row, 0, row.length);
                        copy.endCopy();
                    },
                    "08006");
            assertThat(bank.only().toString())
                    .isEqualTo("a transaction without a known number COMMITTED; the client saw 08006");
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(77)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"extended, (a statement that was asked about)", "simple, UPDATE account SET balance = 5 WHERE id = 1"})
    void reportsDontShowTheQuestionAsTheUsersStatement(String mode, String shown) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode, "ApplicationName", bank.schema());
                var armed = bank.arm()) {
            WireTestServer.run(connection, UPDATE);
            String row = ServerState.read(bank.admin())
                    .toString()
                    .lines()
                    .filter(line -> line.contains(bank.schema()))
                    .findFirst()
                    .orElse("no row");
            assertThat(row).contains(shown).doesNotContain("chaos_transaction_number");
            assertThat(armed.fired()).isEmpty();
        }
    }

    /** The sessions that are followed find other tables first. */
    @Test
    void marksWithoutASchemaAreFoundUnderAnySearchPath() throws SQLException {
        bank.truth().close();
        String marks = bank.schema() + "_marks";
        try (Truth truth = Truth.marking(bank.wire(), bank.admin(), marks);
                Connection connection = bank.connect();
                Connection direct = WireTestServer.direct()) {
            try (var armed = bank.arm()) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, UPDATE);
                connection.commit();
                assertThat(truth.outcomes()).isEmpty();
                assertThat(armed.round().mismatches()).isEmpty();
                assertThat(WireTestServer.read(direct, "SELECT count(*) FROM " + marks))
                        .isEqualTo("1");
            } finally {
                WireTestServer.run(direct, "DROP FUNCTION " + marks + "_mark; DROP TABLE " + marks);
            }
        }
        assertThat(bank.balance(1)).isEqualTo(5);
    }
}

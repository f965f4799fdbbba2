// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGProperty;

@Timeout(120)
class TruthTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";
    private static final String OTHER = "UPDATE account SET balance = 6 WHERE id = 2";

    private TruthFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new TruthFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @Test
    void nothingIsAskedAtTheEndWhereAllWasAnswered() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            WireTestServer.run(connection, UPDATE);
            connection.setAutoCommit(false);
            WireTestServer.run(connection, OTHER);
            connection.commit();
            WireTestServer.run(connection, UPDATE);
            connection.rollback();
            assertThat(bank.truth().outcomes()).isEmpty();
        }
        assertThat(bank.admin().opened()).isZero();
    }

    @Test
    void nothingIsFollowedWhileNoRoundIsArmed() throws SQLException {
        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            WireTestServer.read(connection, "SELECT 1");
            assertThat(WireTestServer.read(
                            connection, "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid()"))
                    .doesNotContain("chaos");
            connection.unwrap(PGConnection.class).cancelQuery();
            connection.abort(Runnable::run);
            assertThat(bank.truth().outcomes()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void commitOfATransactionThatOnlyReadsIsNeitherLostNorAGhost(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.read(connection, "SELECT count(*) FROM account");
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.only().toString())
                    .isEqualTo("a transaction without a number READ ONLY; the client saw 08006");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void savepointsDontChangeTheNumber() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            Savepoint savepoint = connection.setSavepoint();
            WireTestServer.run(connection, UPDATE);
            connection.rollback(savepoint);
            connection.setSavepoint();
            WireTestServer.run(connection, OTHER);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            TruthFixture.assertState(connection::commit, "08006");
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.toString()).isEqualTo("transaction " + number + " COMMITTED; the client saw 08006");
            assertThat(outcome.work()).hasSize(2);
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(bank.balance(2)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void batchThatCommitsByItselfIsOneTransaction(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(Rule.of(SqlTarget.on("INSERT account"), Trigger.nth(3), new Cut(When.AFTER)));
                PreparedStatement batch = connection.prepareStatement("INSERT INTO account VALUES (?, 0)")) {
            for (int id = 11; id <= 13; id++) {
                batch.setInt(1, id);
                batch.addBatch();
            }
            TruthFixture.assertState(batch::executeBatch, "08006");
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.isGhost()).isTrue();
            assertThat(outcome.number()).isPresent();
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(13)).isZero();
    }

    @Test
    void severalStatementsInOneStringAreOneTransaction() throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", "simple");
                var armed = bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Cut(When.AFTER)))) {
            TruthFixture.assertState(() -> WireTestServer.run(connection, UPDATE + "; " + OTHER + " -- both"), "08006");
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.isGhost()).isTrue();
            assertThat(outcome.number()).isPresent();
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(2)).isEqualTo(6);
    }

    @Test
    void statementThatMustRunAloneIsNotAskedAbout() throws SQLException {
        try (Connection connection = bank.connect();
                Connection simple = bank.connect("preferQueryMode", "simple");
                var armed = bank.arm();
                Statement statement = connection.createStatement()) {
            WireTestServer.run(connection, "VACUUM account");
            WireTestServer.run(simple, "VACUUM account");
            WireTestServer.run(connection, "CREATE INDEX CONCURRENTLY ON account (balance)");
            statement.addBatch(UPDATE);
            statement.addBatch(OTHER);
            assertThat(statement.executeBatch()).containsExactly(1, 1);
            assertThat(armed.hits("VACUUM account")).isEqualTo(2);
            assertThat(bank.truth().outcomes()).isEmpty();
        }
    }

    @Test
    void twoSessionsAreKeptApart() throws SQLException {
        try (Connection one = bank.connect();
                Connection other = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.on("COMMIT"), Trigger.between(1, 2), new Cut(When.AFTER)))) {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            WireTestServer.run(one, UPDATE);
            WireTestServer.run(other, OTHER);
            String first = WireTestServer.read(one, "SELECT pg_current_xact_id()");
            String second = WireTestServer.read(other, "SELECT pg_current_xact_id()");
            TruthFixture.assertState(other::commit, "08006");
            TruthFixture.assertState(one::commit, "08006");
            assertThat(bank.truth().ghosts())
                    .extracting(outcome -> String.valueOf(outcome.number().orElse(0)))
                    .containsExactly(second, first);
            assertThat(armed.fired()).hasSize(2);
        }
    }

    /** What an application does that swallows an error and commits all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void commitOfAFailedTransactionIsLostAndTheDriverIsSilent(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(
                    () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"), "23505");
            connection.commit();
            TransactionOutcome outcome = TruthFixture.only(bank.truth().lost());
            assertThat(outcome.fate()).isEqualTo(Fate.ABORTED);
            assertThat(outcome.number().isPresent()).isEqualTo(mode.equals("extended"));
            assertThat(outcome.toString()).endsWith(" ABORTED; the client saw no error, but ROLLBACK");
            assertThat(armed.fired()).isEmpty();
        }
    }

    /** 42.2.11 had a property for it, which later versions ignore: belief follows from the answer alone. */
    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void theDriverIsSilentAboutItWhateverItIsTold(String raise) throws SQLException {
        assertThat(PGProperty.forName("raiseExceptionOnSilentRollback")).isNull();
        try (Connection connection = bank.connect("raiseExceptionOnSilentRollback", raise);
                var armed = bank.arm(CommitLost.first(CommitLost.rolledBack()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(bank.truth().lost()).hasSize(1);
            assertThat(armed.answers()).containsExactly("ROLLBACK");
        }
    }

    @Test
    void connectionThatEndsInTheMiddleHasNothingCommitted() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.on("INSERT account"), Trigger.nth(1), new Cut(When.AFTER)))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            TruthFixture.assertState(
                    () -> WireTestServer.run(connection, "INSERT INTO account VALUES (11, 0)"), "08006");
            assertThat(bank.only().toString())
                    .isEqualTo("transaction " + number
                            + " ABORTED (no COMMIT of it reached the server); the client saw 08006");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    /** Older transactions that are open keep the server's snapshots, by which numbers are completed, behind the number. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void backendThatRunsOnIsWaitedFor(boolean olderIsOpen) throws Exception {
        try (Connection older = WireTestServer.direct();
                Connection holder = WireTestServer.direct();
                Connection connection = bank.connect();
                var armed = bank.arm()) {
            if (olderIsOpen) {
                older.setAutoCommit(false);
                WireTestServer.run(older, "SELECT pg_current_xact_id()");
            }
            long key = holder.unwrap(PGConnection.class).getBackendPID();
            WireTestServer.run(holder, "SELECT pg_advisory_lock(" + key + ")");
            int pid = connection.unwrap(PGConnection.class).getBackendPID();
            try (var waiting = Waiting.run(
                    connection,
                    "WITH w AS (INSERT INTO account VALUES (11, 0) RETURNING id)" + " SELECT pg_advisory_xact_lock("
                            + key + " + 0 * id) FROM w")) {
                waiting.awaitBlocked(pid);
                connection.abort(Runnable::run);
                waiting.awaitEnd();
            }
            TransactionOutcome early = TruthFixture.only(bank.truth().resolve(Duration.ZERO));
            assertThat(early.reason()).isEqualTo("its backend " + pid + " is still at work");
            assertThat(early.fate()).isEqualTo(Fate.IN_PROGRESS);
            assertThat(early.number()).isPresent();
            WireTestServer.run(holder, "SELECT pg_advisory_unlock(" + key + ")");
            TransactionOutcome late = bank.only();
            assertThat(late.isGhost()).isTrue();
            assertThat(late.number()).isEqualTo(early.number());
        }
        assertThat(bank.balance(11)).isZero();
    }

    @Test
    void laterTransactionThatDoesTheSameIsNamed() throws SQLException {
        try (Connection connection = bank.connect();
                Connection again = bank.connect();
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(connection::commit, "08006");
            again.setAutoCommit(false);
            WireTestServer.run(again, UPDATE);
            String second = WireTestServer.read(again, "SELECT pg_current_xact_id()");
            again.commit();
            WireTestServer.run(again, "INSERT INTO account VALUES (11, 0)");
            again.commit();
            assertThat(bank.only().toString())
                    .isEqualTo("transaction " + bank.only().number().orElse(0)
                            + " COMMITTED; the client saw 08006 and ran it again as " + second);
            assertThat(bank.truth().lines()).containsExactly(bank.only().toString());
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void whatIsForgottenIsNotToldAgain() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(CommitLost.first(CommitLost.replyLost()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.truth().ghosts()).hasSize(1);
            assertThat(bank.truth().ghosts()).hasSize(1);
            bank.truth().forget();
            assertThat(bank.truth().outcomes()).isEmpty();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void onlyOneFollowsAMount() {
        assertThatThrownBy(() -> Truth.of(bank.wire(), bank.admin()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("At most one must follow the transactions of the DataSource \""
                        + bank.wire().key() + "\" at a time, but one does already. Close that one first.");
        bank.truth().close();
        Truth next = Truth.of(bank.wire(), bank.admin());
        bank.truth().close(); // twice is harmless: the next one goes on
        assertThatThrownBy(() -> Truth.of(bank.wire(), bank.admin())).isInstanceOf(ChaosException.class);
        next.close();
        assertThat(List.of(next)).hasSize(1);
    }
}

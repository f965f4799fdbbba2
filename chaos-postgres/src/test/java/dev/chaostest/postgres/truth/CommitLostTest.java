// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.SilentRollback;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Swallow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way in which a COMMIT is lost: that it struck, what the caller saw, what is true, and that nothing is left of it. */
@Timeout(120)
class CommitLostTest {

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

    private static List<String> notes(WireFixture.Armed armed) {
        return armed.round().ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void neverSent(String mode) throws SQLException {
        lost(mode, CommitLost.neverSent(), Fate.ABORTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void replyLost(String mode) throws SQLException {
        lost(mode, CommitLost.replyLost(), Fate.COMMITTED);
    }

    private void lost(String mode, Fault fault, Fate fate) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(fault))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(connection::commit, "08006");
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.fate()).isEqualTo(fate);
            assertThat(outcome.belief()).isEqualTo(Belief.FAILED);
            assertThat(outcome.saw()).isEqualTo("08006");
            assertThat(outcome.isGhost()).isEqualTo(fate == Fate.COMMITTED);
            assertThat(notes(armed)).contains(outcome.toString());
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(fate == Fate.COMMITTED ? 5 : 1000);
    }

    @ParameterizedTest
    @CsvSource({"extended, true", "simple, true", "extended, false", "simple, false"})
    void ofAStatementThatCommitsByItself(String mode, boolean sent) throws SQLException {
        Fault fault = sent ? CommitLost.replyLost() : CommitLost.neverSent();
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), fault))) {
            TruthFixture.assertState(() -> WireTestServer.run(connection, UPDATE), "08006");
            TransactionOutcome outcome = bank.only();
            assertThat(outcome.fate()).isEqualTo(sent ? Fate.COMMITTED : Fate.ABORTED);
            assertThat(outcome.number().isPresent()).isEqualTo(sent);
            assertThat(outcome.work()).containsExactly("UPDATE account SET balance = ? WHERE id = ?");
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(sent ? 5 : 1000);
    }

    @ParameterizedTest
    @CsvSource({
        "extended, 40001",
        "simple, 40001",
        "extended, 23503",
        "extended, 23505",
        "extended, 57P01",
        "simple, 57P01"
    })
    void rejected(String mode, String state) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.rejected(state)))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            TruthFixture.assertState(connection::commit, state);
            assertThat(bank.only().toString()).isEqualTo("transaction " + number + " ABORTED; the client saw " + state);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    /** What no rule did: a real deferred constraint. */
    @ParameterizedTest
    @CsvSource({"true, extended", "true, simple", "false, extended", "false, simple"})
    void rejectedByARealConstraint(boolean autoCommit, String mode) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            WireTestServer.run(
                    direct,
                    "CREATE TABLE " + bank.schema() + ".item (account int REFERENCES " + bank.schema()
                            + ".account DEFERRABLE INITIALLY DEFERRED)");
        }
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            connection.setAutoCommit(autoCommit);
            TruthFixture.assertState(
                    () -> {
                        WireTestServer.run(connection, "INSERT INTO item VALUES (99)");
                        connection.commit();
                    },
                    "23503");
            if (autoCommit) {
                assertThat(bank.truth().outcomes()).isEmpty(); // the statement failed, and said so
            } else {
                assertThat(bank.only().toString()).endsWith(" ABORTED; the client saw 23503");
            }
            assertThat(armed.fired()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void rolledBack(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.rolledBack()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            connection.commit();
            assertThat((Object) connection.getWarnings()).isNull();
            TransactionOutcome outcome = TruthFixture.only(bank.truth().lost());
            assertThat(outcome.belief()).isEqualTo(Belief.COMMITTED);
            assertThat(outcome.toString())
                    .isEqualTo("transaction " + number + " ABORTED; the client saw no error, but ROLLBACK");
            assertThat(armed.round().mismatches()).isEmpty();
            assertThat(armed.answers()).containsExactly("ROLLBACK");
            WireTestServer.run(connection, OTHER);
            connection.commit();
            assertThat(bank.truth().outcomes()).hasSize(1);
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(bank.balance(2)).isEqualTo(6);
    }

    /** Nothing of it is left where nobody follows transactions either. */
    @Test
    void rolledBackEachTime() throws SQLException {
        bank.truth().close();
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.on("COMMIT"), Trigger.always(), CommitLost.rolledBack()))) {
            connection.setAutoCommit(false);
            for (int n = 0; n < 10; n++) {
                WireTestServer.run(connection, UPDATE);
                connection.commit();
            }
            assertThat(armed.answers()).hasSize(10).containsOnly("ROLLBACK");
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    @Test
    void acknowledgedLate() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(CommitLost.first(CommitLost.acknowledgedLate(Duration.ofMillis(20))))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            WireTestServer.read(connection, "SELECT 1");
            assertThat(bank.truth().outcomes()).isEmpty();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void acknowledgedTooLate(String mode) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "1", "preferQueryMode", mode);
                var armed = bank.arm(CommitLost.first(CommitLost.acknowledgedLate(Duration.ofMinutes(5))))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            TruthFixture.assertState(connection::commit, "08006");
            assertThat(bank.truth().ghosts()).hasSize(1);
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(1)).isEqualTo(5);
    }

    /** The server has said it, and it gets lost on the way. */
    @ParameterizedTest
    @CsvSource({"ReadyForQuery, extended", "ReadyForQuery, simple", "CommandComplete, extended"})
    void answerThatIsSwallowedIsNone(String message, String mode) throws SQLException {
        Fault dropped = message.equals("ReadyForQuery") ? new Swallow() : DropRest.fromIt();
        try (Connection connection = bank.connect("socketTimeout", "1", "preferQueryMode", mode)) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            try (var armed = bank.arm(Rule.of(WireTarget.message(message), Trigger.nth(1), dropped))) {
                TruthFixture.assertState(connection::commit, "08006");
                assertThat(bank.truth().ghosts()).hasSize(1);
                assertThat(armed.fired()).hasSize(1);
            }
        }
    }

    @Test
    void throughAPool() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url() + "?currentSchema=" + bank.schema());
        config.setUsername("postgres");
        config.setDataSourceProperties(bank.wire().properties());
        config.setMaximumPoolSize(2);
        config.setAutoCommit(false);
        try (HikariDataSource pool = new HikariDataSource(config);
                var armed = bank.arm(
                        Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), CommitLost.replyLost()),
                        Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(3), CommitLost.rolledBack()))) {
            TruthFixture.assertState(() -> commit(pool, UPDATE), "08006");
            commit(pool, UPDATE);
            commit(pool, OTHER);
            assertThat(bank.truth().ghosts()).hasSize(1);
            assertThat(bank.truth().lost()).hasSize(1);
            assertThat(bank.truth().ghosts().get(0).again()).hasSize(1);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    private static void commit(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            WireTestServer.run(connection, sql);
            connection.commit();
        }
    }

    @Test
    void connectionLossIsNoRejection() {
        assertThatThrownBy(() -> CommitLost.rejected("08006"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A rejected COMMIT must have an SQLSTATE that the server answers with, but 08006 is a lost "
                        + "connection. Use CommitLost.neverSent() or CommitLost.replyLost().");
    }

    @Test
    void silentRollbackOfSomethingElseIsRefused() {
        assertThatThrownBy(() -> Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new SilentRollback()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A silent rollback must be the answer to a COMMIT, but UPDATE account is none. "
                        + "Use SqlTarget.on(\"COMMIT\").");
    }

    /** "Every statement" means every COMMIT here. */
    @Test
    void silentRollbackOfEveryStatementStrikesAtCommitsOnly() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.any(), Trigger.nth(1), new SilentRollback()))) {
            WireTestServer.run(connection, OTHER);
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(armed.answers()).containsExactly("ROLLBACK");
        }
        assertThat(bank.balance(2)).isEqualTo(6);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SilentRollback;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class TruthTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

    private WireFixture bank;
    private Truth truth;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        truth = Truth.of(bank.wire(), new Direct());
    }

    @AfterEach
    void close() throws SQLException {
        truth.close();
        bank.close();
    }

    @ParameterizedTest
    @CsvSource({
        "extended, AFTER, COMMITTED",
        "simple, AFTER, COMMITTED",
        "extended, BEFORE, ABORTED",
        "simple, BEFORE, ABORTED"
    })
    void lostReplyOfACommitIsToldWithWhatBecameOfIt(String mode, When when, Fate fate) throws SQLException {
        String number;
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("COMMIT", new Cut(when)))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            assertState(connection::commit, "08006");
            TransactionOutcome outcome = only(truth.outcomes());
            assertThat(outcome.fate()).isEqualTo(fate);
            assertThat(outcome.saw()).isEqualTo("08006");
            assertThat(outcome.isGhost()).isEqualTo(fate == Fate.COMMITTED);
            if (when == When.AFTER || mode.equals("extended")) {
                assertThat(outcome.number()).hasValue(Long.parseLong(number));
            }
            assertThat(notes(armed)).contains(outcome.toString());
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(fate == Fate.COMMITTED ? 5 : 1000);
    }

    @ParameterizedTest
    @CsvSource({
        "extended, AFTER, COMMITTED",
        "simple, AFTER, COMMITTED",
        "extended, BEFORE, ABORTED",
        "simple, BEFORE, ABORTED"
    })
    void lostReplyOfAStatementThatCommitsByItselfIsTold(String mode, When when, Fate fate) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("UPDATE account", new Cut(when)))) {
            assertState(() -> WireTestServer.run(connection, UPDATE), "08006");
            TransactionOutcome outcome = only(truth.outcomes());
            assertThat(outcome.fate()).isEqualTo(fate);
            assertThat(outcome.number().isPresent()).isEqualTo(when == When.AFTER);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.balance(1)).isEqualTo(fate == Fate.COMMITTED ? 5 : 1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void commitThatIsAnsweredByRollbackIsLost(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("COMMIT", new SilentRollback()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            connection.commit();
            TransactionOutcome outcome = only(truth.lost());
            assertThat(outcome.toString())
                    .isEqualTo("transaction " + number + " ABORTED; the client saw no error, but ROLLBACK");
            assertThat(armed.round().mismatches()).isEmpty();
            assertThat(armed.answers()).containsExactly("ROLLBACK");
            WireTestServer.run(connection, "UPDATE account SET balance = 6 WHERE id = 2");
            connection.commit();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
        assertThat(bank.balance(2)).isEqualTo(6);
    }

    @ParameterizedTest
    @CsvSource({"extended, 40001", "simple, 40001", "extended, 23505", "simple, 57P01"})
    void commitThatTheServerRejectsIsAborted(String mode, String state) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(rule("COMMIT", ServerError.of(state)))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            String number = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            assertState(connection::commit, state);
            assertThat(only(truth.outcomes()).toString())
                    .isEqualTo("transaction " + number + " ABORTED; the client saw " + state);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    private static Rule rule(String target, dev.chaostest.plan.Fault fault) {
        return Rule.of(SqlTarget.on(target), Trigger.nth(1), fault);
    }

    private static List<String> notes(WireFixture.Armed armed) {
        return armed.round().ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    private static TransactionOutcome only(List<TransactionOutcome> outcomes) {
        assertThat(outcomes).hasSize(1);
        return outcomes.get(0);
    }

    private static void assertState(org.assertj.core.api.ThrowableAssert.ThrowingCallable action, String state) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        thrown -> assertThat(thrown.getSQLState()).isEqualTo(state));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;

/** Time-outs of the server that end a session, and many that end a statement. */
@Timeout(120)
class TimeoutsTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private static Rule at(String target, ServerError error) {
        return Rule.of(SqlTarget.on(target), Trigger.nth(1), error);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void idleInTransactionIsTheServersOwnEnd(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.idleInTransactionTimeout()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "INSERT INTO account VALUES (100, 1)");
            assertOver(connection, "25P03", "terminating connection due to idle-in-transaction timeout");
            assertReal(armed, "25P03");
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    /** BEGIN travels with it, so nothing came before. */
    @Test
    void idleInTransactionAtTheFirstStatement() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.idleInTransactionTimeout()))) {
            connection.setAutoCommit(false);
            assertOver(connection, "25P03", "terminating connection due to idle-in-transaction timeout");
            assertReal(armed, "25P03");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple", "extendedCacheEverything"})
    void idleSessionIsTheServersOwnEnd(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.idleSessionTimeout()))) {
            assertOver(connection, "57P05", "terminating connection due to idle-session timeout");
            assertReal(armed, "57P05");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 25P03", "false, 57P05"})
    void otherSituationThanPlannedIsShown(boolean transaction, String state) throws SQLException {
        ServerError planned = transaction ? ServerError.idleSessionTimeout() : ServerError.idleInTransactionTimeout();
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", planned))) {
            connection.setAutoCommit(!transaction);
            assertThat(failure(connection).getSQLState()).isEqualTo(state);
            assertThat(armed.round().mismatches()).singleElement().asString().endsWith("but " + state + " came back");
        }
    }

    /** Later elements of a batch would be run by a server that has not failed; they must not get there. */
    @Test
    void batchEndsWithTheSession() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(
                        SqlTarget.on("UPDATE account"), Trigger.nth(2), ServerError.idleInTransactionTimeout()));
                PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = 5 WHERE id = ?")) {
            connection.setAutoCommit(false);
            for (int id = 1; id <= 5; id++) {
                update.setInt(1, id);
                update.addBatch();
            }
            SQLException thrown = catchThrowableOfType(SQLException.class, update::executeBatch);
            assertThat(SqlFailure.of(thrown).orElseThrow().kind()).isEqualTo(FailureKind.TIMEOUT);
            assertReal(armed, "25P03");
        }
        assertThat(bank.balance(5)).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void failedTransactionCannotBeMadeIdleAndGoesOn(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.idleInTransactionTimeout()))) {
            connection.setAutoCommit(false);
            assertThatThrownBy(() -> WireTestServer.run(connection, "SELECT 1 / 0"))
                    .isInstanceOf(SQLException.class);
            assertThat(failure(connection).getSQLState()).isEqualTo("25P02");
            connection.rollback();
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(armed.round().mismatches()).hasSize(1);
        }
        assertThat(bank.balance(1)).isEqualTo(5);
    }

    @Test
    void idleTimeoutAtCommitCommitsNothing() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("COMMIT", ServerError.idleInTransactionTimeout()))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            assertThat(catchThrowableOfType(SQLException.class, connection::commit)
                            .getSQLState())
                    .isEqualTo("25P03");
            assertReal(armed, "25P03");
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transactionTimeoutNeedsPostgres17(boolean transaction) throws SQLException {
        boolean known = WireTestServer.setting("server_version_num") >= 170_000;
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.transactionTimeout()))) {
            connection.setAutoCommit(!transaction);
            if (known) {
                assertOver(connection, "25P04", "terminating connection due to transaction timeout");
                assertReal(armed, "25P04");
            } else {
                PSQLException refused = failure(connection);
                assertThat(refused.getSQLState()).isEqualTo("0A000");
                assertThat(refused.getServerErrorMessage().getMessage())
                        .isEqualTo("transaction_timeout needs PostgreSQL 17 or later");
                assertThat(refused.getServerErrorMessage().getHint()).isEqualTo("Use ServerError.of(\"25P04\").");
                assertThat(armed.round().mismatches()).hasSize(1);
            }
        }
    }

    /** Many workers that all give up on their lock: tolerated, counted, and nothing is left. */
    @Test
    void stormOfLockTimeouts() throws Exception {
        PGSimpleDataSource admin = new PGSimpleDataSource();
        admin.setUrl(WireTestServer.url() + "?user=postgres");
        try (var keeper = bank.wire().lockedBy(admin);
                var armed = bank.arm(
                        Rule.of(SqlTarget.on("UPDATE account"), Trigger.always(), ServerError.lockTimeout()))) {
            var outcomes = Workers.of(8)
                    .named("clerk")
                    .each(bank::connect)
                    .classify(SqlFailure.classifier(FailureKind.LOCK_NOT_AVAILABLE))
                    .run(worker -> WireTestServer.run(worker.resource(), UPDATE));

            assertThat(outcomes.count(FailureKind.LOCK_NOT_AVAILABLE.label())).isEqualTo(8);
            assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                    .hasSize(8)
                    .allMatch(answer ->
                            answer.cause() == Cause.REAL && answer.answer().equals("55P03"));
            assertThat(keeper).isNotNull();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
        try (Connection connection = bank.connect()) {
            WireTestServer.run(connection, UPDATE);
        }
    }

    private static void assertOver(Connection connection, String state, String words) throws SQLException {
        PSQLException over = failure(connection);
        assertThat(over.getSQLState()).isEqualTo(state);
        assertThat(over.getServerErrorMessage().getSeverity()).isEqualTo("FATAL");
        assertThat(over.getServerErrorMessage().getMessage()).isEqualTo(words);
        assertThat(over.getServerErrorMessage().getRoutine()).isEqualTo("ProcessInterrupts");
        assertThat(connection.isClosed()).isTrue();
    }

    private static PSQLException failure(Connection connection) {
        return catchThrowableOfType(PSQLException.class, () -> WireTestServer.run(connection, UPDATE));
    }

    private static void assertReal(WireFixture.Armed armed, String state) {
        assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                .singleElement()
                .satisfies(answer -> {
                    assertThat(answer.answer()).isEqualTo(state);
                    assertThat(answer.cause()).isEqualTo(Cause.REAL);
                });
        assertThat(armed.round().mismatches()).isEmpty();
    }
}

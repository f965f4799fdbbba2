// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Errors that the server comes to by itself, once it is brought into the situation. */
@Timeout(120)
class ProvocationTest {

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

    @ParameterizedTest
    @CsvSource({
        "extended,false",
        "extended,true",
        "simple,false",
        "simple,true",
        "extendedForPrepared,true",
        "extendedCacheEverything,true"
    })
    void terminatedBackendIsTheServersOwnAnswer(String mode, boolean transaction) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.of("57P01")))) {
            connection.setAutoCommit(!transaction);
            ServerErrorMessage error = failure(connection, UPDATE);
            assertThat(error.getSQLState()).isEqualTo("57P01");
            assertThat(error.getSeverity()).isEqualTo("FATAL");
            assertThat(error.getMessage()).isEqualTo("terminating connection due to administrator command");
            assertThat(error.getRoutine()).isEqualTo("ProcessInterrupts");
            assertThat(connection.isValid(1)).isFalse();
            assertThat(connection.isClosed()).isTrue();
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertAnswered(armed, "57P01", Cause.REAL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"57014", "57P01", "57P05"})
    void sessionWithAnotherRoleSignalsItselfAllTheSame(String state) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.of(state)))) {
            WireTestServer.run(connection, "GRANT USAGE ON SCHEMA " + bank.schema() + " TO pg_monitor");
            WireTestServer.run(connection, "GRANT UPDATE, SELECT ON account TO pg_monitor");
            WireTestServer.run(connection, "SET ROLE pg_monitor");
            assertState(state, () -> WireTestServer.run(connection, UPDATE));
            assertThat(armed.round().mismatches()).isEmpty();
            if (state.equals("57014")) {
                assertThat(WireTestServer.read(connection, "SELECT current_user"))
                        .isEqualTo("pg_monitor");
            }
        }
    }

    @Test
    void terminatedAtCommitCommitsNothing() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("COMMIT", ServerError.of("57P01")))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            assertState("57P01", connection::commit);
            assertThat(connection.isValid(1)).isFalse();
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertAnswered(armed, "57P01", Cause.REAL);
        }
    }

    /** The statement itself never runs, and nobody else's backend is hit. */
    @Test
    void onlyThisBackendIsTerminated() throws SQLException {
        try (Connection first = bank.connect();
                Connection second = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.of("57P01")))) {
            assertState("57P01", () -> WireTestServer.run(first, UPDATE));
            WireTestServer.run(second, UPDATE);
            assertThat(bank.balance(1)).isEqualTo(5);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "57P02,terminating connection because of crash of another server process",
        "57P05,terminating connection due to idle-session timeout",
        "25P03,terminating connection due to idle-in-transaction timeout",
        "25P04,terminating connection due to transaction timeout",
        "57P04,failure 57P04 injected by a chaos test"
    })
    void sessionEndsWithTheStateThatWasPlanned(String state, String text) throws SQLException {
        for (String mode : List.of("extended", "simple")) {
            try (Connection connection = bank.connect("preferQueryMode", mode);
                    var armed = bank.arm(at("UPDATE account", ServerError.of(state)))) {
                connection.setAutoCommit(false);
                ServerErrorMessage error = failure(connection, UPDATE);
                assertThat(error.getSQLState()).isEqualTo(state);
                assertThat(error.getSeverity()).isEqualTo("FATAL");
                assertThat(error.getMessage()).isEqualTo(text);
                assertThat(error.getWhere()).isNull();
                assertThat(connection.isValid(1)).isFalse();
                assertAnswered(armed, state, Cause.FORGED);
            }
        }
    }

    /** Somebody else was faster, and that is what the client must see. */
    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void terminationThatIsNotOursIsNotRewritten(String mode) throws Exception {
        Rule held = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Hang(When.BEFORE));
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(held, at("UPDATE account", ServerError.of("57P05")))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            try (Connection admin = WireTestServer.direct()) {
                WireTestServer.run(
                        admin,
                        "SELECT pg_terminate_backend(" + bank.wire().backends().get(0) + ")");
            }
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
            assertThat(armed.answers()).contains("57P01");
            assertThat(armed.round().mismatches()).hasSize(1);
        }
    }

    @Test
    void forgedEndHasTheFieldsOfARealOne() throws SQLException {
        ServerErrorMessage real;
        try (Connection connection = WireTestServer.direct()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "SET idle_in_transaction_session_timeout = '1ms'");
            int pid = ((org.postgresql.PGConnection) connection).getBackendPID();
            awaitGone(pid);
            real = failure(connection, "SELECT 1");
        }
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.of("25P03")))) {
            connection.setAutoCommit(false);
            ServerErrorMessage forged = failure(connection, UPDATE);
            assertThat(List.of(forged.getSQLState(), forged.getSeverity(), forged.getMessage()))
                    .isEqualTo(List.of(real.getSQLState(), real.getSeverity(), real.getMessage()));
            assertThat(forged.getRoutine()).isEqualTo(real.getRoutine());
            assertThat(forged.getWhere()).isEqualTo(real.getWhere());
            assertAnswered(armed, "25P03", Cause.FORGED);
        }
    }

    private static void awaitGone(int pid) throws SQLException {
        try (Connection watcher = WireTestServer.direct()) {
            Patience.await()
                    .until(() -> WireTestServer.read(
                                    watcher, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid)
                            .equals("0"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void cancelIsTheServersOwn(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.of("57014")))) {
            connection.setAutoCommit(false);
            ServerErrorMessage error = failure(connection, UPDATE);
            assertThat(error.getSQLState()).isEqualTo("57014");
            assertThat(error.getMessage()).isEqualTo("canceling statement due to user request");
            assertThat(error.getWhere()).isNull();
            assertState("25P02", () -> WireTestServer.run(connection, UPDATE));
            connection.rollback();
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(bank.balance(1)).isEqualTo(5);
            assertAnswered(armed, "57014", Cause.REAL);
        }
    }

    @ParameterizedTest
    @CsvSource({"extended,false", "extended,true", "simple,false", "simple,true"})
    void statementTimeoutIsTheServersOwnAndLeavesNoSetting(String mode, boolean transaction) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.statementTimeout()))) {
            WireTestServer.run(connection, "SET statement_timeout = '7s'");
            connection.setAutoCommit(!transaction);
            ServerErrorMessage error = failure(connection, UPDATE);
            assertThat(error.getSQLState()).isEqualTo("57014");
            assertThat(error.getMessage()).isEqualTo("canceling statement due to statement timeout");
            if (transaction) {
                assertState("25P02", () -> WireTestServer.run(connection, UPDATE));
                connection.rollback();
            }
            assertThat(WireTestServer.read(connection, "SHOW statement_timeout"))
                    .isEqualTo("7s");
            assertAnswered(armed, "57014", Cause.REAL);
            assertThat(armed.fired().get(0).fault()).hasToString("server error 57014 (statement time-out)");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void lockTimeoutWaitsForALockThatIsReallyHeld(String mode) throws Exception {
        PGSimpleDataSource admin = new PGSimpleDataSource();
        admin.setUrl(WireTestServer.url());
        admin.setUser("postgres");
        try (AutoCloseable keeper = bank.wire().lockedBy(admin);
                Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", ServerError.lockTimeout()))) {
            assertThat(keeper).isNotNull();
            connection.setAutoCommit(false);
            ServerErrorMessage error = failure(connection, UPDATE);
            assertThat(error.getSQLState()).isEqualTo("55P03");
            assertThat(error.getMessage()).isEqualTo("canceling statement due to lock timeout");
            connection.rollback();
            assertThat(WireTestServer.read(connection, "SHOW lock_timeout")).isEqualTo("0");
            assertAnswered(armed, "55P03", Cause.REAL);
        }
    }

    @Test
    void withoutAHeldLockALockTimeoutIsRaised() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.lockTimeout()))) {
            assertState("55P03", () -> WireTestServer.run(connection, UPDATE));
            assertAnswered(armed, "55P03", Cause.RAISED);
        }
    }

    @Test
    void lostConnectionHasTheDriversState() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.of("08006")))) {
            assertState("08006", () -> WireTestServer.run(connection, UPDATE));
            assertThat(connection.isClosed()).isTrue();
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.fired().get(0).fault()).hasToString("connection lost (08006)");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    /** In the middle of a batch: the elements before are not undone by anything but the transaction. */
    @ParameterizedTest
    @CsvSource({"57P01,false", "57014,true", "25P03,false"})
    void elementOfABatch(String state, boolean lives) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(3), ServerError.of(state)));
                PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?")) {
            for (int id = 1; id <= 5; id++) {
                update.setInt(1, id);
                update.setInt(2, id);
                update.addBatch();
            }
            Throwable failure = catchThrowable(update::executeBatch);
            if (failure instanceof SQLException sql) {
                assertThat(sql.getSQLState()).isEqualTo(state);
            } else { // pgjdbc 42.7.11 trips over any connection that ends within a batch
                assertThat((Object) failure).isInstanceOf(AssertionError.class);
                assertThat(lives).isFalse();
            }
            assertThat(armed.answers()).containsExactly(state);
            assertThat(connection.isValid(30)).isEqualTo(lives);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void textOfTheTestsOwnIsNeverSaidToBeReal() throws SQLException {
        for (String state : List.of("57014", "57P01")) {
            try (Connection connection = bank.connect();
                    var armed = bank.arm(at("UPDATE account", new ServerError(new SqlState(state), "enough")))) {
                ServerErrorMessage error = failure(connection, UPDATE);
                assertThat(error.getMessage()).isEqualTo("enough");
                assertThat(error.getSQLState()).isEqualTo(state);
                assertAnswered(armed, state, state.equals("57014") ? Cause.RAISED : Cause.FORGED);
            }
        }
    }

    @Test
    void ledgerSaysHowTrueItWas() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", ServerError.of("40001")))) {
            assertState("40001", () -> WireTestServer.run(connection, UPDATE));
            assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                    .hasSize(1)
                    .first()
                    .asString()
                    .endsWith(" came back: 40001 (raised) for #2");
        }
    }

    private static Rule at(String on, ServerError error) {
        return Rule.of(SqlTarget.on(on), Trigger.nth(1), error);
    }

    private static void assertAnswered(WireFixture.Armed armed, String state, Cause cause) {
        assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer, LedgerEntry.Answered::cause)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(state, cause));
        assertThat(armed.round().mismatches()).isEmpty();
    }

    private static ServerErrorMessage failure(Connection connection, String sql) {
        PSQLException thrown = catchThrowableOfType(PSQLException.class, () -> WireTestServer.run(connection, sql));
        return Objects.requireNonNull(thrown.getServerErrorMessage());
    }

    private static void assertState(String state, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
}

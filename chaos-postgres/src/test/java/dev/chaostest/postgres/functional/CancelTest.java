// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What a client that cancels sees of a statement that waits. */
@Timeout(120)
class CancelTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";
    private static final Site REQUEST = new Site("wire", "CancelRequest");
    private static final Duration HOUR = Duration.ofHours(1);

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
    @CsvSource({
        "extended,true",
        "extended,false",
        "simple,true",
        "simple,false",
        "extendedForPrepared,true",
        "extendedCacheEverything,false"
    })
    void cancelEndsAParkedStatementAsOnABusyServer(String mode, boolean transaction) throws Exception {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement statement = connection.createStatement();
                var armed = bank.arm(first(new Hang(When.BEFORE)))) {
            connection.setAutoCommit(!transaction);
            FutureTask<?> call = Background.parked(armed, () -> statement.execute(UPDATE));
            statement.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOfSatisfying(SQLException.class, e -> {
                        assertThat(e.getSQLState()).isEqualTo("57014");
                        assertThat(e.getMessage()).isEqualTo("ERROR: canceling statement due to user request");
                    });
            if (transaction) {
                assertState("25P02", () -> WireTestServer.run(connection, UPDATE));
                connection.rollback();
            }
            assertThat(bank.balance(1)).isEqualTo(1000);
            WireTestServer.run(connection, UPDATE);
            assertThat(WireTestServer.read(connection, "SELECT balance FROM account WHERE id = 1"))
                    .isEqualTo("5");
            if (transaction) {
                connection.commit();
            }
            assertThat(WireTestServer.read(
                            connection, "SELECT count(*) FROM pg_prepared_statements" + " WHERE name LIKE 'chaos%'"))
                    .isEqualTo("0");
            assertThat(armed.answers()).containsExactly("hung until the client cancelled");
            assertThat(armed.round().decisions().seen()).containsEntry(REQUEST, 1L);
        }
    }

    @Test
    void queryTimeoutEndsADelayAtItsTime() throws SQLException {
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed = bank.arm(first(Delay.of(HOUR)))) {
            statement.setQueryTimeout(1);
            long begin = System.nanoTime();
            assertState("57014", () -> statement.execute(UPDATE));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(990), Background.SOON);
            assertThat(armed.answers()).containsExactly("before 3600s were over, the client cancelled");
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    /** A superuser that acts as another role may cancel its own statement, though that role may not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void sessionWithAnotherRoleCancelsItsOwnStatement(boolean transaction) throws Exception {
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed = bank.arm(first(new Hang(When.BEFORE)))) {
            statement.execute("SET ROLE pg_monitor");
            connection.setAutoCommit(!transaction);
            FutureTask<?> call = Background.parked(armed, () -> statement.execute(UPDATE));
            statement.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            if (transaction) {
                connection.rollback();
            }
            assertThat(WireTestServer.read(connection, "SELECT current_user")).isEqualTo("pg_monitor");
        }
    }

    /** Longer than the text of a site, and longer than what a held connection keeps without making its writer wait. */
    @ParameterizedTest
    @CsvSource({"simple,2", "simple,20", "extended,2", "extended,20"})
    void cancelEndsAnEnormousStatement(String mode, int megabytes) throws Exception {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement statement = connection.createStatement();
                var armed = bank.arm(first(new Hang(When.BEFORE)))) {
            String enormous = UPDATE + " AND '" + "x".repeat(megabytes * 1024 * 1024) + "' <> ''";
            FutureTask<?> call = Background.parked(armed, () -> statement.execute(enormous));
            statement.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(bank.balance(1)).isEqualTo(1000);
            WireTestServer.run(connection, UPDATE);
            assertThat(bank.balance(1)).isEqualTo(5);
        }
    }

    @Test
    void cancelledElementOfABatchUndoesTheBatch() throws Exception {
        try (Connection connection = bank.connect();
                PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?");
                var armed = bank.arm(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(3), new Hang(When.BEFORE)))) {
            for (int id = 1; id <= 5; id++) {
                update.setInt(1, id);
                update.setInt(2, id);
                update.addBatch();
            }
            connection.setAutoCommit(false);
            FutureTask<?> call = Background.parked(armed, update::executeBatch);
            update.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            connection.rollback();
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    /** It has been done: the answer comes, and nothing is undone. */
    @Test
    void answerThatWaitsComesAtOnce() throws Exception {
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed = bank.arm(first(new Hang(When.AFTER)))) {
            FutureTask<?> call = Background.parked(armed, () -> statement.execute(UPDATE));
            Patience.await().until(() -> !armed.fired().isEmpty() && bank.balance(1) == 5);
            statement.cancel();
            call.get(30, TimeUnit.SECONDS);
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void commitThatWaitsIsNotCancelled(String mode) throws Exception {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement statement = connection.createStatement();
                var armed = bank.arm(Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Hang(When.BEFORE)))) {
            connection.setAutoCommit(false);
            statement.execute(UPDATE);
            FutureTask<?> call = Background.parked(armed, connection::commit);
            cancel(connection);
            call.get(30, TimeUnit.SECONDS);
            assertThat(bank.balance(1)).isEqualTo(5);
            assertThat(armed.answers()).containsExactly("hung until the client cancelled");
        }
    }

    @Test
    void functionCallIsCancelledToo() throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(SqlTarget.matching("lo_creat"), Trigger.nth(1), new Hang(When.BEFORE)))) {
            connection.setAutoCommit(false);
            var objects = connection.unwrap(PGConnection.class).getLargeObjectAPI();
            FutureTask<?> call = Background.parked(armed, objects::createLO);
            cancel(connection);
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            connection.rollback();
            long object = objects.createLO();
            objects.delete(object);
            connection.commit();
        }
    }

    @Test
    void lostRequestLeavesTheStatementRunning() throws Exception {
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed = bank.arm(
                        first(new Hang(When.BEFORE)),
                        Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), new Cut(When.BEFORE)))) {
            FutureTask<?> call = Background.parked(armed, () -> statement.execute(UPDATE));
            cancel(connection);
            assertThat(call.isDone()).isFalse();
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.fired().get(1).hit().lane())
                    .isEqualTo(armed.fired().get(0).hit().lane());
            cancel(connection);
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void lateRequestCancelsLate() throws Exception {
        Duration length = Duration.ofMillis(200);
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed = bank.arm(Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), Delay.of(length)))) {
            statement.setQueryTimeout(1);
            long begin = System.nanoTime();
            assertState("57014", () -> statement.execute("SELECT pg_sleep(60)"));
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(1190), Background.SOON);
            assertThat(armed.answers()).containsExactly("after 200ms");
        }
    }

    @Test
    void everyRequestIsOneHit() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            cancel(connection);
            cancel(connection);
            assertThat(armed.round().decisions().seen()).containsEntry(REQUEST, 2L);
            assertThat(armed.round().ledger().entries(LedgerEntry.Fired.class)).isEmpty();
        }
    }

    private static void cancel(Connection connection) throws SQLException {
        connection.unwrap(PGConnection.class).cancelQuery();
    }

    private static Rule first(dev.chaostest.plan.Fault fault) {
        return Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), fault);
    }

    private static void assertState(String state, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(state));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.WireTarget;
import java.io.ByteArrayInputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** Messages as sites, and the faults that strike anywhere, at one of them. */
@Timeout(120)
class MessageTest {

    private static final String SELECT = "SELECT balance FROM account WHERE id = 1";

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = fixture();
    }

    WireFixture fixture() throws SQLException {
        return new WireFixture();
    }

    /** What is known of the code under test. */
    String caller() {
        return "WireTestServer.read:";
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @ParameterizedTest
    @CsvSource({
        "Parse,extended",
        "Bind,extended",
        "Describe,extended",
        "Execute,extended",
        "Sync,extended",
        "ParseComplete,extended",
        "BindComplete,extended",
        "RowDescription,extended",
        "DataRow,extended",
        "CommandComplete,extended",
        "ReadyForQuery,extended",
        "Query,simple"
    })
    void connectionIsLostBeforeAMessage(String message, String mode) throws SQLException {
        Rule lost = at(message, 1, new Cut(When.BEFORE));
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(lost)) {
            assertFails(() -> WireTestServer.read(connection, SELECT), "08006");
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.fired().get(0).hit().site().name()).startsWith(message);
            assertThat(String.valueOf(armed.fired().get(0).caller())).startsWith(caller());
            assertThat(armed.round().mismatches()).isEmpty();
        }
        assertThat(bank.wire().backends()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"StartupMessage", "AuthenticationOk", "ParameterStatus", "BackendKeyData"})
    void connectionIsLostWhileItIsMade(String message) throws SQLException {
        try (var armed = bank.arm(at(message, 1, new Cut(When.BEFORE)))) {
            assertFails(() -> bank.connect().close(), "08001", "08006");
            assertThat(armed.fired().get(0).hit().site()).isEqualTo(new Site("wire", message));
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
        }
    }

    @Test
    void connectionBreaksInsteadOfEnding() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("CommandComplete", 1, Cut.reset(When.BEFORE)))) {
            assertThatThrownBy(() -> WireTestServer.read(connection, SELECT))
                    .hasRootCauseMessage("Connection reset")
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("08006"));
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.fired().get(0).fault())
                    .hasToString("connection reset before the message went on to the client");
        }
    }

    /** The Execute has gone, so its effect is there, though no answer came. */
    @Test
    void whatIsCutBehindIsStillDone() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("Sync", 1, new Cut(When.AFTER)))) {
            assertFails(() -> WireTestServer.run(connection, "UPDATE account SET balance = 5 WHERE id = 1"), "08006");
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
        }
        await(() -> bank.balance(1) == 5);
    }

    @ParameterizedTest
    @CsvSource({
        "Execute,BEFORE",
        "Execute,AFTER",
        "Parse,BEFORE",
        "Parse,AFTER",
        "RowDescription,BEFORE",
        "RowDescription,AFTER",
        "ReadyForQuery,BEFORE"
    })
    void messageComesLate(String message, When when) throws SQLException {
        Duration length = Duration.ofMillis(120);
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(message, 1, new Delay(length, length, when)))) {
            long begin = System.nanoTime();
            assertThat(WireTestServer.read(connection, SELECT)).isEqualTo("1000");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(length);
            assertThat(armed.answers()).containsExactly("after 120ms");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bind", "Execute", "BindComplete", "DataRow", "ReadyForQuery"})
    void heldMessageGoesOnWhenItIsReleased(String message) throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            Runnable release = armed.round().add(at(message, 1, new Hang(When.BEFORE)));
            FutureTask<?> call = Background.parked(
                    armed,
                    () -> assertThat(WireTestServer.read(connection, SELECT)).isEqualTo("1000"));
            assertThat(call.isDone()).isFalse();
            release.run();
            call.get(30, TimeUnit.SECONDS);
            assertThat(armed.answers()).containsExactly("hung until it was healed");
            assertThat(WireTestServer.read(connection, SELECT)).isEqualTo("1000");
        }
    }

    @Test
    void aRowOfAnyStatementIsADataRowAndOneHit() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("DataRow", 12, new Cut(When.BEFORE)))) {
            WireTestServer.read(connection, "SELECT id FROM account");
            assertFails(() -> WireTestServer.read(connection, "SELECT balance FROM account"), "08006");
            assertThat(armed.fired().get(0).hit())
                    .hasToString("wire:DataRow of SELECT balance FROM account, 3rd on lane connection-1");
            assertThat(armed.round().decisions().seen())
                    .containsEntry(new Site("wire", "DataRow of SELECT id FROM account"), 9L)
                    .doesNotContainKey(new Site("wire", "DataRow"));
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void copyIsHitInTheDirectionThatIsMeant(When when) throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(
                        at("CopyData from server", 3, Delay.of(Duration.ofMillis(1))),
                        at("CopyData from client", 1, new Cut(when)),
                        Rule.of(WireTarget.message("CopyDone"), Trigger.nth(1), Delay.of(Duration.ofMillis(1))))) {
            CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
            StringWriter out = new StringWriter();
            assertThat(copies.copyOut("COPY account TO STDOUT", out)).isEqualTo(9);
            assertThat(armed.fired()).hasSize(2);
            assertFails(() -> copy(copies, "COPY account FROM STDIN", "10\t1000\n"), "08003", "08006");
            assertThat(armed.fired())
                    .extracting(fired -> fired.hit().toString())
                    .containsExactly(
                            "wire:CopyData from server, 3rd on lane connection-1",
                            "wire:CopyDone from server, 1st on lane connection-1",
                            "wire:CopyData from client, 1st on lane connection-1");
        }
        try (Connection direct = WireTestServer.direct()) {
            assertThat(WireTestServer.read(direct, "SELECT count(*) FROM " + bank.schema() + ".account"))
                    .isEqualTo("9");
        }
    }

    private static void copy(CopyManager copies, String sql, String rows) throws SQLException {
        try {
            copies.copyIn(sql, new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)));
        } catch (java.io.IOException e) {
            throw new SQLException("the stream", "08006", e);
        }
    }

    @Test
    void theServersErrorIsAMessageToo() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("ErrorResponse", 1, Delay.of(Duration.ofMillis(1))))) {
            assertFails(() -> WireTestServer.run(connection, "SELECT 1/0"), "22012");
            assertThat(armed.answers()).containsExactly("after 1ms");
        }
    }

    @Test
    void cancelRequestHasItsNameToo() throws Exception {
        try (Connection connection = bank.connect("preferQueryMode", "simple");
                Statement statement = connection.createStatement();
                var armed = bank.arm(
                        at("CancelRequest", 1, Delay.of(Duration.ofMillis(1))),
                        at("Query", 1, Delay.of(Duration.ofMillis(1))))) {
            FutureTask<?> call = Background.parked(armed, () -> statement.execute("SELECT pg_sleep(60)"));
            awaitSleep(connection.unwrap(PGConnection.class).getBackendPID());
            statement.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(armed.fired().get(1).hit()).hasToString("wire:CancelRequest, 1st on lane connection-1");
        }
    }

    private static void awaitSleep(int pid) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            await(() -> WireTestServer.read(
                            direct,
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = " + pid)
                    .equals("1"));
        }
    }

    private static void await(Callable<Boolean> condition) {
        Patience.await().until(condition);
    }

    /** The server has nothing to cancel yet, so it is not asked to: the statement comes late and is done. */
    @ParameterizedTest
    @CsvSource({"Query,simple", "Execute,extended", "Parse,extended"})
    void heldBeginOfAStatementIsFreedByItsCancel(String message, String mode) throws Exception {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                Statement statement = connection.createStatement();
                var armed = bank.arm(at(message, 1, new Hang(When.BEFORE)))) {
            FutureTask<?> call =
                    Background.parked(armed, () -> statement.execute("UPDATE account SET balance = 5 WHERE id = 1"));
            statement.cancel();
            call.get(30, TimeUnit.SECONDS);
            assertThat(armed.answers()).containsExactly("hung until the client cancelled");
            assertThat(bank.balance(1)).isEqualTo(5);
        }
    }

    @Test
    void whatNoRuleIsAboutIsNotCounted() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("Parse", 1, Delay.of(Duration.ofMillis(1))))) {
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.executeQuery().close();
            }
            assertThat(armed.round().decisions().seen().keySet())
                    .extracting(Site::toString)
                    .containsExactlyInAnyOrder(
                            "sql:SELECT balance FROM account WHERE id = ?",
                            "wire:Parse",
                            "wire:DataRow of SELECT balance FROM account WHERE id = ?");
        }
    }

    @Test
    void unknownMessageIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> WireTarget.message("DataRows"))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "message must be a message of the protocol by its name in PostgreSQL's documentation, but was "
                                + "\"DataRows\". The nearest is \"DataRow\".");
        assertThatThrownBy(() -> WireTarget.message("readyforquery")).hasMessageEndingWith("\"ReadyForQuery\".");
    }

    private static Rule at(String message, int nth, Fault fault) {
        return Rule.of(WireTarget.message(message), Trigger.nth(nth), fault);
    }

    static void assertFails(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String... states) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isIn((Object[]) states));
    }
}

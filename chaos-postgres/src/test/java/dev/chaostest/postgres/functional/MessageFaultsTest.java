// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a message can meet, and what a client makes of it. */
@Timeout(120)
class MessageFaultsTest {

    private static final String SELECT = "SELECT balance FROM account WHERE id = 1";
    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";

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

    @Test
    void aRowIsMissingAndNobodyNotices() throws SQLException {
        try (Connection connection = bank.connect()) {
            try (var armed = bank.arm(at("DataRow", 3, new Swallow()))) {
                assertThat(count(connection, "SELECT id FROM account")).isEqualTo(8);
                assertThat(armed.answers()).containsExactly("swallowed");
                assertThat(armed.round().mismatches()).isEmpty();
            }
            assertThat(count(connection, "SELECT id FROM account"))
                    .as("a connection that was ready again outlives the round")
                    .isEqualTo(9);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReadyForQuery", "Sync"})
    void aClientWithoutTimeOutWaitsUntilTheRoundEnds(String message) throws Exception {
        try (Connection connection = bank.connect("socketTimeout", "0");
                var armed = bank.arm(at(message, 1, new Swallow()))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            assertThat(call.isDone()).isFalse();
            armed.round().end();
            assertLost(call);
            assertThat(armed.answers()).containsExactly("swallowed");
            assertThat(connection.isClosed()).isTrue();
        }
        assertThat(bank.wire().sessions()).allMatch(session -> session.isCut());
    }

    @Test
    void swallowedNotificationEndsNoConnection() throws SQLException {
        try (Connection listener = bank.connect()) {
            try (var armed = bank.arm(at("NotificationResponse", 1, new Swallow()));
                    Connection other = WireTestServer.direct()) {
                WireTestServer.run(listener, "LISTEN " + bank.schema());
                WireTestServer.run(other, "NOTIFY " + bank.schema());
                WireTestServer.read(listener, "SELECT 1");
                assertThat(listener.unwrap(org.postgresql.PGConnection.class).getNotifications())
                        .isEmpty();
                assertThat(armed.answers()).containsExactly("swallowed");
            }
            assertThat(WireTestServer.read(listener, "SELECT 1")).isEqualTo("1");
        }
    }

    @ParameterizedTest
    @CsvSource({"CommandComplete,BEFORE,5", "BindComplete,AFTER,5", "Sync,BEFORE,1000", "Execute,AFTER,1000"})
    void nothingComesUntilTheSocketTimesOut(String message, When when, int balance) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "1");
                var armed = bank.arm(at(message, 1, new DropRest(when)))) {
            MessageTest.assertFails(() -> WireTestServer.run(connection, UPDATE), "08006");
            assertThat(armed.answers()).containsExactly("dropped");
            assertThat(armed.round().mismatches()).isEmpty();
        }
        Patience.await().until(() -> bank.balance(1) == balance);
    }

    @ParameterizedTest
    @ValueSource(strings = {"CommandComplete", "Execute"})
    void whatWasDroppedEndsWithTheRule(String message) throws Exception {
        try (Connection connection = bank.connect("socketTimeout", "0");
                var armed = bank.arm()) {
            Runnable takeOut = armed.round().add(at(message, 1, DropRest.fromIt()));
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            takeOut.run();
            assertLost(call);
            assertThat(connection.isClosed()).isTrue();
        }
    }

    /** The client's words still reach the server: it says goodbye, and the backend is gone. */
    @Test
    void onlyTheDirectionOfTheMessageIsDropped() throws Exception {
        try (Connection connection = bank.connect("socketTimeout", "1");
                var armed = bank.arm(at("CommandComplete", 1, DropRest.fromIt()))) {
            connection.setAutoCommit(false);
            MessageTest.assertFails(
                    () -> {
                        try (Statement statement = connection.createStatement()) {
                            statement.execute("BEGIN; " + UPDATE + "; COMMIT");
                        }
                    },
                    "08006");
            assertThat(armed.answers()).containsExactly("dropped");
        }
        Patience.await().until(() -> bank.balance(1) == 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Parse", "Bind", "Execute", "RowDescription", "DataRow", "ReadyForQuery"})
    void piecesAreReadAsOneMessage(String message) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(message, 1, Slice.of(1)))) {
            assertThat(WireTestServer.read(connection, SELECT)).isEqualTo("1000");
            assertThat(WireTestServer.read(connection, SELECT)).isEqualTo("1000");
            assertThat(armed.answers()).containsExactly("in pieces");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void aLongRowIsSlicedAtItsBeginAndWhole() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("DataRow", 1, new Slice(4_000, Duration.ofMillis(2))))) {
            assertThat(WireTestServer.read(connection, "SELECT repeat('x', 1000000)"))
                    .isEqualTo("x".repeat(1_000_000));
            assertThat(armed.answers()).containsExactly("in pieces");
        }
    }

    @Test
    void aServersErrorInOurWordsIsSlicedToo() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(
                        Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001")),
                        at("ErrorResponse", 1, Slice.of(7)))) {
            MessageTest.assertFails(() -> WireTestServer.run(connection, UPDATE), "40001");
            assertThat(armed.answers()).containsExactlyInAnyOrder("40001", "in pieces");
        }
    }

    /** A row of one text: 2 bytes for the number of columns, 4 for the length, then the text. */
    @Test
    void aValueIsWrongByOneBit() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("DataRow", 1, CorruptByte.ofBody(8)))) {
            byte[] read;
            try (Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT 'AAAA'")) {
                rows.next();
                read = rows.getBytes(1);
            }
            assertThat(read).hasSize(4);
            assertThat(Integer.bitCount((read[1] ^ 'A') & 0xff)).isEqualTo(1);
            assertThat(new byte[] {read[0], read[2], read[3]}).containsOnly('A');
            assertThat(armed.answers()).containsExactly("one bit wrong");
        }
    }

    @Test
    void theSameSeedCorruptsTheSameByte() throws SQLException {
        assertThat(corruptedAnywhere()).isEqualTo(corruptedAnywhere());
    }

    private String corruptedAnywhere() throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "5");
                var armed = bank.arm(at("Parse", 1, CorruptByte.anywhere()))) {
            try {
                return WireTestServer.read(connection, SELECT);
            } catch (SQLException e) {
                return e.getSQLState() + " " + armed.answers();
            }
        }
    }

    @Test
    void theServerRefusesATypeThatItDoesNotKnow() throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "5");
                var armed = bank.arm(at("Sync", 1, CorruptByte.ofType()))) {
            assertThatThrownBy(() -> WireTestServer.run(connection, UPDATE)).isInstanceOf(SQLException.class);
            assertThat(armed.answers()).containsExactly("one bit wrong");
        }
    }

    @Test
    void aWrongLengthLosesTheClientsPlace() throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "1");
                var armed = bank.arm(at("CommandComplete", 1, CorruptByte.ofLength(2)))) {
            assertThatThrownBy(() -> WireTestServer.read(connection, SELECT)).isInstanceOf(SQLException.class);
            assertThat(armed.answers()).containsExactly("one bit wrong");
        }
    }

    @Test
    void aByteThatIsNotThereMakesTheTestRed() throws SQLException {
        Rule rule = at("DataRow", 1, CorruptByte.ofBody(12));
        try (Connection connection = bank.connect();
                var armed = bank.arm(rule)) {
            assertThat(WireTestServer.read(connection, "SELECT 'A'")).isEqualTo("A");
            assertThat(armed.round().mismatches())
                    .containsExactly(
                            "planned was one wrong bit in byte 12 of the body at wire:DataRow of SELECT ?, 1st on "
                                    + "lane connection-1, but it could not be carried out: the body of the message has only 7 "
                                    + "bytes. Corrupt an earlier one");
        }
    }

    @Test
    void impossibleIsRefused() {
        assertRefused(
                () -> Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Swallow()),
                "A fault at a message must have a message as its target, but \"message swallowed\" is at UPDATE account. "
                        + "Use for example WireTarget.message(\"DataRow\").");
        assertRefused(
                () -> at("CancelRequest", 1, new Swallow()),
                "\"message swallowed\" must be at a message of a session, but is at wire:CancelRequest, which has a "
                        + "connection of its own. Use new Cut(When.BEFORE) there.");
        assertRefused(
                () -> at("CancelRequest", 1, DropRest.behindIt()),
                "\"all behind the message dropped\" must be at a message of a session, but is at wire:CancelRequest, which "
                        + "has a connection of its own. Use new Cut(When.BEFORE) there.");
        assertRefused(
                () -> at("CancelRequest", 1, Slice.of(3)),
                "\"message in pieces of 3 bytes, 1ms apart\" must be at a message of a session, but is at "
                        + "wire:CancelRequest, which has a connection of its own. Use a Delay there.");
        assertRefused(
                () -> at("Sync", 1, CorruptByte.anywhere()),
                "\"one wrong bit in a byte of the body\" must be at a message of a session that has one, but wire:Sync has "
                        + "none. Corrupt another part, or another message.");
        assertRefused(() -> Slice.of(0), "A slice must have 1 byte or more, but has 0. Use Slice.of(1).");
        assertRefused(
                () -> new Slice(3, Duration.ZERO),
                "The time between two slices must be 1 ms to 10 s, but was 0us. Use Slice.of(3) for 1 ms.");
        assertRefused(
                () -> CorruptByte.ofLength(5),
                "A byte of the LENGTH of a message must be one from 1 to 4, but was 5. For one that is drawn from the "
                        + "seed, use 0.");
    }

    @Test
    void whatIsAdvisedInsteadIsPossible() {
        assertThat(at("CancelRequest", 1, new dev.chaostest.plan.Cut(When.BEFORE)))
                .isNotNull();
        assertThat(at("CancelRequest", 1, Delay.of(Duration.ofMillis(1)))).isNotNull();
        assertThat(at("Sync", 1, CorruptByte.ofLength(0)))
                .hasToString("one wrong bit in a byte of the length at wire:Sync, hit 1");
    }

    @Test
    void frozenDirectionThawsWithAllThatCameMeanwhile() throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("RowDescription", 1, new Hang(When.BEFORE)))) {
            FutureTask<?> call = Background.parked(
                    armed,
                    () -> assertThat(count(connection, "SELECT id FROM account"))
                            .isEqualTo(9));
            assertThat(call.isDone()).isFalse();
            armed.round().end();
            call.get(30, TimeUnit.SECONDS);
        }
    }

    private static void assertRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(dev.chaostest.plan.ChaosException.class)
                .hasMessage(message);
    }

    private static void assertLost(FutureTask<?> call) {
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
    }

    private static Rule at(String message, int nth, Fault fault) {
        return Rule.of(WireTarget.message(message), Trigger.nth(nth), fault);
    }

    private static int count(Connection connection, String select) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(select)) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }
}

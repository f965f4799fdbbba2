// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
import org.postgresql.util.PSQLException;

/** The begin and the end of a session. */
@Timeout(120)
class ConnectTest {

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @Test
    void everyConnectAndDisconnectIsOneHitOnALaneOfItsOwn() throws SQLException {
        try (var armed = bank.arm()) {
            for (int n = 0; n < 3; n++) {
                bank.connect().close();
            }
            assertThat(armed.hits("connect")).isEqualTo(3);
            assertThat(armed.hits("disconnect")).isEqualTo(3);
            assertThat(armed.round().decisions().lanes()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "53300,'sorry, too many clients already'",
        "57P03,the database system is starting up",
        "28P01,failure 28P01 injected by a chaos test",
        "08004,failure 08004 injected by a chaos test"
    })
    void clientIsRefusedAndTheNextIsNot(String state, String text) throws SQLException {
        try (var armed = bank.arm(first(ServerError.of(state)))) {
            assertThatThrownBy(bank::connect).isInstanceOfSatisfying(PSQLException.class, e -> {
                assertThat(e.getSQLState()).isEqualTo(state);
                assertThat(e.getServerErrorMessage().getSeverity()).isEqualTo("FATAL");
                assertThat(e.getServerErrorMessage().getMessage()).isEqualTo(text);
            });
            bank.connect().close();
            assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                    .extracting(LedgerEntry.Answered::answer, LedgerEntry.Answered::cause)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(state, Cause.FORGED));
            assertThat(armed.round().mismatches()).isEmpty();
            assertThat(bank.wire().leftOpen()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void lostWhileConnectingIs08001(When when) throws SQLException {
        assertLost(new Cut(when));
    }

    @Test
    void couldNotConnectIsALostConnection() throws SQLException {
        assertLost(ServerError.of("08001"));
    }

    private void assertLost(Fault fault) throws SQLException {
        try (var armed = bank.arm(first(fault))) {
            assertThatThrownBy(bank::connect)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.round().mismatches()).isEmpty();
            bank.connect().close();
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void slowConnect(When when) throws SQLException {
        Duration length = Duration.ofMillis(150);
        try (var armed = bank.arm(first(new Delay(length, length, when)))) {
            long begin = System.nanoTime();
            bank.connect().close();
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(length, Background.SOON);
            assertThat(armed.answers()).containsExactly("after 150ms");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"loginTimeout", "socketTimeout"})
    void hangingConnectIsEndedByTheDriversOwnTimeouts(String setting) throws SQLException {
        try (var armed = bank.arm(first(new Hang(When.BEFORE)))) {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> bank.connect(setting, "1")).isInstanceOf(SQLException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(990), Background.SOON);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void hangingConnectGoesOnWhenItIsHealed() throws Exception {
        try (var armed = bank.arm(first(new Hang(When.AFTER)))) {
            FutureTask<?> call = Background.parked(armed, () -> {
                try (Connection connection = bank.connect()) {
                    assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
                }
            });
            assertThat(call.isDone()).isFalse();
            armed.round().end();
            call.get(30, TimeUnit.SECONDS);
            assertThat(armed.answers()).containsExactly("hung until it was healed");
        }
    }

    @Test
    void nobodyWaitsForADisconnect() throws SQLException {
        try (var armed = bank.arm(Rule.of(SqlTarget.on("disconnect"), Trigger.nth(1), new Hang(When.BEFORE)))) {
            bank.connect().close();
            assertThat(armed.answers()).containsExactly("hung until the connection ended");
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void disconnectCanBeCut(When when) throws SQLException {
        try (var armed = bank.arm(Rule.of(SqlTarget.on("disconnect"), Trigger.nth(1), new Cut(when)))) {
            bank.connect().close();
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void mountKnowsTheBackendsOfItsOpenSessions() throws SQLException {
        try (Connection one = bank.connect();
                Connection two = bank.connect()) {
            int first = one.unwrap(PGConnection.class).getBackendPID();
            int second = two.unwrap(PGConnection.class).getBackendPID();
            assertThat(bank.wire().backends()).containsExactlyInAnyOrder(first, second);
            assertThat(WireTestServer.read(one, "SELECT pg_backend_pid()")).isEqualTo("" + first);
            two.close();
            assertThat(bank.wire().backends()).containsExactly(first);
        }
        assertThat(bank.wire().backends()).isEmpty();
    }

    private static Rule first(Fault fault) {
        return Rule.of(SqlTarget.on("connect"), Trigger.nth(1), fault);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
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
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
class DelayTest {

    private static final String UPDATE = "UPDATE account SET balance = 5 WHERE id = 1";
    private static final Duration HOUR = Duration.ofHours(1);

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
    @EnumSource(When.class)
    void statementTakesAtLeastTheDelayAndHasItsEffect(When when) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(delay(Duration.ofMillis(150), when))) {
            long begin = System.nanoTime();
            WireTestServer.run(connection, UPDATE);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(150), Background.SOON);
            assertThat(armed.answers()).containsExactly("after 150ms");
            assertThat(bank.balance(1)).isEqualTo(5);
            WireTestServer.run(connection, UPDATE);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void beforeTheEffectTheServerHasNotSeenItAndAfterItHas() throws Exception {
        for (When when : When.values()) {
            try (Connection connection = bank.connect();
                    var armed = bank.arm(delay(HOUR, when))) {
                WireTestServer.run(connection, "SELECT 1");
                FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
                if (when == When.AFTER) {
                    Patience.await().until(() -> bank.balance(1) == 5);
                } else {
                    assertThat(bank.balance(1)).isEqualTo(1000);
                }
                assertThat(call.isDone()).isFalse();
                armed.close();
                call.get(30, TimeUnit.SECONDS);
                assertThat(bank.balance(1)).isEqualTo(5);
                assertThat(armed.answers()).containsExactly("before 3600s were over, it was healed");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void socketTimeoutOfTheDriverEndsTheWait(When when) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "3");
                var armed = bank.arm(delay(HOUR, when))) {
            long begin = System.nanoTime();
            assertThatThrownBy(() -> WireTestServer.run(connection, UPDATE))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"))
                    .hasRootCauseInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(2990), Background.SOON);
            assertThat(connection.isClosed()).isTrue();
            assertThat(armed.answers()).containsExactly("before 3600s were over, the connection ended");
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void networkTimeoutEndsTheWait(When when) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(delay(HOUR, when))) {
            connection.setNetworkTimeout(Runnable::run, 300);
            assertThatThrownBy(() -> WireTestServer.run(connection, UPDATE))
                    .hasRootCauseInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void abortFreesAParkedCall(When when) throws Exception {
        Connection connection = bank.connect();
        try (var armed = bank.arm(delay(HOUR, when))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            connection.abort(Runnable::run);
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void interruptFreesAParkedCallAndStaysSet(When when) throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(delay(HOUR, when))) {
            FutureTask<Boolean> call = new FutureTask<>(() -> {
                try {
                    WireTestServer.run(connection, UPDATE);
                    return false;
                } catch (SQLException expected) {
                    return Thread.currentThread().isInterrupted();
                }
            });
            try (Watch fired = armed.round().ledger().watch(LedgerEntry.Fired.class::isInstance)) {
                Thread thread = new Thread(call, "caller");
                thread.start();
                fired.await(Background.SOON);
                thread.interrupt();
                assertThat(call.get(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    @Test
    void queryTimeoutCancelsWhatTheServerRunsThroughTheSeam() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm();
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThatThrownBy(() -> statement.execute("SELECT count(*) FROM generate_series(1, 1000000000000)"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            assertThat(armed.fired()).isEmpty();
        }
    }

    @Test
    void isValidHonoursItsTimeout() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(Rule.of(Target.seam("sql"), Trigger.always(), Delay.of(HOUR)))) {
            assertThat(connection.isValid(1)).isFalse();
            assertThat(armed.fired()).hasSize(1);
        }
    }

    private static Rule delay(Duration length, When when) {
        return Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Delay(length, length, when));
    }
}

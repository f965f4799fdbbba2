// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What frees a call that hangs. */
@Timeout(120)
class HangTest {

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
    @EnumSource(When.class)
    void endOfTheRoundLetsItGoOn(When when) throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(hang(when))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            assertThat(call.isDone()).isFalse();
            armed.round().end();
            call.get(30, TimeUnit.SECONDS);
            assertThat(bank.balance(1)).isEqualTo(5);
            assertThat(armed.answers()).containsExactly("hung until it was healed");
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void ruleThatIsTakenOutLetsItGoOn(When when) throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm()) {
            Runnable takeOut = armed.round().add(hang(when));
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            takeOut.run();
            call.get(30, TimeUnit.SECONDS);
            assertThat(bank.balance(1)).isEqualTo(5);
            WireTestServer.run(connection, UPDATE);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void abortEndsIt(When when) throws Exception {
        Connection connection = bank.connect();
        try (var armed = bank.arm(hang(when))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            connection.abort(Runnable::run);
            assertLost(call);
            assertThat(armed.answers())
                    .hasSize(1)
                    .first()
                    .isIn("hung until the connection ended", "none: no answer, the connection ended");
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void evictionFromThePoolEndsIt(When when) throws Exception {
        try (HikariDataSource pool = pool();
                Connection connection = pool.getConnection();
                var armed = bank.arm(hang(when))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            pool.evictConnection(connection);
            assertLost(call);
            try (Connection next = pool.getConnection()) {
                assertThat(WireTestServer.read(next, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    @Test
    void endOfThePoolEndsIt() throws Exception {
        HikariDataSource pool = pool();
        Connection connection = pool.getConnection();
        try (var armed = bank.arm(hang(When.BEFORE))) {
            FutureTask<?> call = Background.parked(armed, () -> WireTestServer.run(connection, UPDATE));
            pool.close();
            assertLost(call);
        }
    }

    private static void assertLost(FutureTask<?> call) {
        assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).startsWith("08"));
    }

    private static Rule hang(When when) {
        return Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Hang(when));
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url());
        config.setUsername("postgres");
        config.setSchema(bank.schema());
        config.setMaximumPoolSize(2);
        config.setDataSourceProperties(bank.wire().properties());
        return new HikariDataSource(config);
    }
}

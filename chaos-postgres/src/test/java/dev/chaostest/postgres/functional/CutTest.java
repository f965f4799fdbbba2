// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class CutTest {

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

    @ParameterizedTest
    @CsvSource({"BEFORE,extended", "BEFORE,simple", "AFTER,extended", "AFTER,simple"})
    void commitIsDoneOnlyIfTheCutComesAfterIt(When when, String mode) throws SQLException {
        String transaction;
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(cut("COMMIT", when))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            transaction = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            assertLost(connection::commit);
            assertThat(connection.isClosed()).isTrue();
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        boolean committed = when == When.AFTER;
        awaitStatus(transaction, committed ? "committed" : "aborted");
        assertThat(bank.balance(1)).isEqualTo(committed ? 5 : 1000);
    }

    @ParameterizedTest
    @CsvSource({"BEFORE,extended", "BEFORE,simple", "AFTER,extended", "AFTER,simple"})
    void autocommitIsDoneOnlyIfTheCutComesAfterIt(When when, String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(cut("UPDATE account", when))) {
            assertLost(() -> WireTestServer.run(connection, UPDATE));
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(bank.balance(1)).isEqualTo(when == When.AFTER ? 5 : 1000);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void statementInATransactionIsRolledBackByTheServerAfterTheCut(String mode) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(cut("UPDATE account", When.AFTER))) {
            connection.setAutoCommit(false);
            String transaction = WireTestServer.read(connection, "SELECT pg_current_xact_id()");
            assertLost(() -> WireTestServer.run(connection, UPDATE));
            awaitStatus(transaction, "aborted");
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
        }
    }

    /** The statement itself fails, or the commit at its end does: the caller hears of neither. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(1, 1) | extended", "(1, 1) | simple",
                "(99, 9) | extended", "(99, 9) | simple",
            })
    void realErrorIsCutOffAsAnyOtherAnswer(String row, String mode) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            WireTestServer.run(
                    direct,
                    "ALTER TABLE " + bank.schema() + ".account ADD FOREIGN KEY (balance) REFERENCES " + bank.schema()
                            + ".account (id) DEFERRABLE INITIALLY DEFERRED NOT VALID");
            WireTestServer.run(direct, "DELETE FROM " + bank.schema() + ".account WHERE id = 9");
        }
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(cut("INSERT account", When.AFTER))) {
            assertLost(() -> WireTestServer.run(connection, "INSERT INTO account VALUES " + row));
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @Test
    void beginMayBeCut() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(cut("BEGIN", When.BEFORE))) {
            connection.setAutoCommit(false);
            assertLost(() -> WireTestServer.run(connection, UPDATE));
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
        }
    }

    @Test
    void writingOnACutConnectionFails() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(cut("UPDATE account", When.BEFORE))) {
            assertLost(() -> WireTestServer.run(connection, UPDATE));
            assertThatThrownBy(() -> WireTestServer.run(connection, UPDATE)).isInstanceOf(SQLException.class);
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEFORE", "AFTER"})
    void poolEvictsTheConnectionAndTheNextBorrowWorks(When when) throws SQLException {
        try (HikariDataSource pool = pool(Duration.ofMinutes(1));
                var armed = bank.arm(cut("COMMIT", when))) {
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, UPDATE);
                assertLost(() -> connection.commit());
            }
            try (Connection connection = pool.getConnection()) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, "UPDATE account SET balance = 6 WHERE id = 2");
                connection.commit();
            }
            assertThat(bank.balance(2)).isEqualTo(6);
            assertThat(armed.fired()).hasSize(1);
            assertThat(armed.fired().get(0).caller()).startsWith("CutTest.");
        }
    }

    @Test
    void poolWithoutAnyWorkingConnectionGivesUpAndRecovers() throws SQLException {
        try (HikariDataSource pool = pool(Duration.ofSeconds(1))) {
            try (var armed = bank.arm(Rule.of(Target.seam("sql"), Trigger.always(), new Cut(When.BEFORE)))) {
                pool.getHikariPoolMXBean().softEvictConnections();
                assertThatThrownBy(pool::getConnection).isInstanceOf(SQLTransientConnectionException.class);
                assertThat(armed.fired()).isNotEmpty();
            }
            // HikariCP tries again after pauses of its own.
            try (Connection connection = Patience.await()
                    .ignoreExceptionsInstanceOf(SQLTransientConnectionException.class)
                    .until(pool::getConnection, Connection.class::isInstance)) {
                assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            }
        }
    }

    private HikariDataSource pool(Duration timeout) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url() + "?currentSchema=" + bank.schema());
        config.setUsername("postgres");
        config.setDataSourceProperties(bank.wire().properties());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(timeout.toMillis());
        return new HikariDataSource(config);
    }

    private static Rule cut(String target, When when) {
        return Rule.of(SqlTarget.on(target), Trigger.nth(1), new Cut(when));
    }

    private static void assertLost(ThrowingCallable action) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        SQLException.class,
                        thrown -> assertThat(thrown.getSQLState()).isEqualTo("08006"));
    }

    private static void awaitStatus(String transaction, String status) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            Patience.await()
                    .until(() -> WireTestServer.read(direct, "SELECT pg_xact_status('" + transaction + "')")
                            .equals(status));
        }
    }
}

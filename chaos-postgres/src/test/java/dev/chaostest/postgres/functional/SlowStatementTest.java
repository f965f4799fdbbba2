// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.SlowStatement;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

@Timeout(120)
class SlowStatementTest {

    private static final String UPDATE = "UPDATE account SET balance = balance + 1 WHERE id = 1";
    private static final SlowStatement MINUTE = SlowStatement.of(Duration.ofMinutes(1));

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    private static Rule at(String target, Fault fault) {
        return Rule.of(SqlTarget.on(target), Trigger.nth(1), fault);
    }

    @ParameterizedTest
    @CsvSource({"extended,false", "extended,true", "extendedCacheEverything,true"})
    void statementTakesLongerAndDoesItsWork(String mode, boolean transaction) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm(at("UPDATE account", SlowStatement.of(Duration.ofMillis(60))))) {
            connection.setAutoCommit(!transaction);
            long began = System.nanoTime();
            try (Statement statement = connection.createStatement()) {
                assertThat(statement.executeUpdate(UPDATE)).isEqualTo(1);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
            if (transaction) {
                connection.commit();
            }
            assertThat(WireTestServer.read(
                            connection, "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'chaos%'"))
                    .isEqualTo("0");
            assertThat(bank.balance(1)).isEqualTo(1001);
            assertThat(armed.answers()).containsExactly("no error");
        }
    }

    @Test
    void portalOfTheSleepIsGoneWithTheNextStatement() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", SlowStatement.of(Duration.ofMillis(1))))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM pg_cursors WHERE name LIKE 'chaos%'"))
                    .isEqualTo("0");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    /** The server's own time-out counts the sleep, unlike a delay before the server has the message. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void statementTimeoutApplies(boolean transaction) throws SQLException {
        try (Connection connection = bank.connect("options", "-c statement_timeout=2000");
                var armed = bank.arm(at("UPDATE account", MINUTE))) {
            connection.setAutoCommit(!transaction);
            PSQLException late =
                    catchThrowableOfType(PSQLException.class, () -> WireTestServer.run(connection, UPDATE));
            assertThat(late.getSQLState()).isEqualTo("57014");
            assertThat(late.getServerErrorMessage().getRoutine()).isEqualTo("ProcessInterrupts");
            assertThat(late.getServerErrorMessage().getWhere()).isNull();
            assertThat(armed.answers()).containsExactly("57014");
            if (transaction) {
                connection.rollback();
            }
            assertThat(connection.isValid(30)).isTrue();
        }
        assertThat(bank.balance(1)).isEqualTo(1000);
    }

    /** The clock goes on through the sleep into the statement itself. */
    @Test
    void sleepAndStatementShareOneTimeout() throws SQLException {
        try (Connection connection = bank.connect("options", "-c statement_timeout=1000");
                var armed = bank.arm(Rule.of(
                        SqlTarget.matching("pg_sleep"), Trigger.nth(1), SlowStatement.of(Duration.ofMillis(600))))) {
            assertThat(catchThrowableOfType(
                                    SQLException.class, () -> WireTestServer.run(connection, "SELECT pg_sleep(0.6)"))
                            .getSQLState())
                    .isEqualTo("57014");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void driversOwnTimeoutCancelsIt() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("UPDATE account", MINUTE));
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertThat(catchThrowableOfType(SQLException.class, () -> statement.execute(UPDATE))
                            .getSQLState())
                    .isEqualTo("57014");
            assertThat(armed.fired()).hasSize(1);
        }
    }

    @Test
    void preparedStatementAndBatchWork() throws SQLException {
        try (Connection connection = bank.connect("prepareThreshold", "1");
                var armed = bank.arm(Rule.of(
                        SqlTarget.on("UPDATE account"), Trigger.every(2), SlowStatement.of(Duration.ofMillis(2))));
                PreparedStatement update =
                        connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            for (int id = 1; id <= 6; id++) {
                update.setInt(1, id);
                update.setInt(2, id);
                update.addBatch();
            }
            assertThat(update.executeBatch()).containsOnly(1);
            assertThat(armed.fired()).hasSize(3);
            assertThat(armed.answers()).containsOnly("no error");
        }
        assertThat(bank.balance(6)).isEqualTo(1006);
    }

    @Test
    void commitCanBeSlow() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("COMMIT", SlowStatement.of(Duration.ofMillis(5))))) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, UPDATE);
            connection.commit();
            assertThat(armed.answers()).containsExactly("no error");
        }
        assertThat(bank.balance(1)).isEqualTo(1001);
    }

    @Test
    void failingStatementFailsAsItWould() throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at("INSERT account", SlowStatement.of(Duration.ofMillis(5))))) {
            assertThat(catchThrowableOfType(
                                    SQLException.class,
                                    () -> WireTestServer.run(connection, "INSERT INTO account VALUES (1, 1)"))
                            .getSQLState())
                    .isEqualTo("23505");
            assertThat(armed.answers()).containsExactly("23505");
            assertThat(WireTestServer.read(connection, "SELECT 7")).isEqualTo("7");
        }
    }

    @Test
    void simpleQueryMakesTheTestRed() throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", "simple");
                var armed = bank.arm(at("UPDATE account", MINUTE))) {
            WireTestServer.run(connection, UPDATE);
            assertThat(armed.round().mismatches())
                    .singleElement()
                    .asString()
                    .endsWith("but it could not be carried out: the client sent it as a simple query. Use"
                            + " preferQueryMode=extended, or a Delay");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                "ROLLBACK",
                "SAVEPOINT a",
                "SET x = ?",
                "VACUUM account",
                "CREATE DATABASE x",
                "create index concurrently i on account (balance)",
                "connect",
                "disconnect"
            })
    void whatMustBeAloneIsPassedOver(String site) {
        assertThat(MINUTE.isPossibleAt(new Site("sql", site))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.0001S", "PT25H"})
    void sleepOutOfRangeIsRefused(Duration sleep) {
        assertThatThrownBy(() -> SlowStatement.of(sleep))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The sleep inside a statement must be 1 ms to 1 day, but was " + sleep
                        + ". To have no sleep, leave the rule out.");
    }
}

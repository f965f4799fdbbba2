// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.FindingError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Swallow;
import java.net.SocketTimeoutException;
import java.sql.Connection;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A hang that nothing would end. */
@Timeout(120)
class HopelessTest {

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
    void hangOfAClientWithoutTimeoutEndsTheConnectionAndIsFound(When when) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "0");
                ChaosScope scope = hanging(when, Duration.ofMillis(50))) {
            SQLException lost = catchThrowableOfType(SQLException.class, () -> WireTestServer.run(connection, UPDATE));
            assertThat(lost.getSQLState()).isEqualTo("08006");
            assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                    .extracting(LedgerEntry.Answered::answer)
                    .containsExactly("hung until the connection was ended, since nothing else would");
            String caller = scope.fired().get(0).caller();
            assertThatThrownBy(scope::verify)
                    .isInstanceOf(FindingError.class)
                    .hasMessage(
                            "A DataSource must have a socketTimeout, but this one has none: a hang at sql:UPDATE account "
                                    + "SET balance = ? WHERE id = ?, from " + caller
                                    + ", would have lasted for ever, so its connection was ended. Set socketTimeout, in seconds, above "
                                    + "the longest statement (socketTimeout=30), or give the code a time-out that frees it.");
        }
        assertThat(bank.balance(1)).isEqualTo(when == When.BEFORE ? 1000 : 5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatWaitsForWhatWasLostIsFreedAndFound(boolean swallowed) throws SQLException {
        Rule lost = swallowed
                ? Rule.of(WireTarget.message("ReadyForQuery"), Trigger.nth(1), new Swallow())
                : Rule.of(WireTarget.message("Execute"), Trigger.nth(1), DropRest.fromIt());
        try (Connection connection = bank.connect("socketTimeout", "0");
                ChaosScope scope = armed(lost, Duration.ofMillis(50))) {
            SQLException freed = catchThrowableOfType(SQLException.class, () -> WireTestServer.run(connection, UPDATE));
            assertThat(freed.getSQLState()).isEqualTo("08006");
            assertThat(scope.round().findings())
                    .singleElement()
                    .asString()
                    .startsWith("A DataSource must have a socketTimeout, but this one has none: a hang at wire:"
                            + (swallowed ? "ReadyForQuery" : "Execute"));
        }
    }

    @Test
    void whatIsLostAndNotMissedIsNoFinding() throws SQLException {
        Rule row = Rule.of(WireTarget.message("DataRow"), Trigger.nth(1), new Swallow());
        try (Connection connection = bank.connect("socketTimeout", "0");
                Statement read = connection.createStatement();
                ChaosScope scope = armed(row, Duration.ofMillis(1))) {
            assertThat(read.executeQuery("SELECT 1 WHERE EXISTS (SELECT pg_sleep(0.02))")
                            .next())
                    .isFalse();
            WireTestServer.run(connection, "SELECT pg_sleep(0.1)");
            scope.verify();
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void socketTimeoutOfTheClientIsLeftToEndIt(When when) throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "3");
                ChaosScope scope = hanging(when, Duration.ofMillis(50))) {
            SQLException late = catchThrowableOfType(SQLException.class, () -> WireTestServer.run(connection, UPDATE));
            assertThat((Throwable) late).hasRootCauseInstanceOf(SocketTimeoutException.class);
            scope.verify();
        }
    }

    @Test
    void queryTimeoutOfTheClientIsLeftToEndIt() throws SQLException {
        try (Connection connection = bank.connect("socketTimeout", "0");
                Statement update = connection.createStatement();
                ChaosScope scope = hanging(When.BEFORE, Duration.ofMillis(50))) {
            update.setQueryTimeout(1);
            SQLException late = catchThrowableOfType(SQLException.class, () -> update.execute(UPDATE));
            assertThat(late.getSQLState()).isEqualTo("57014");
            scope.verify();
        }
    }

    @Test
    void loginTimeoutOfTheClientIsLeftToEndIt() throws SQLException {
        Rule connect = Rule.of(SqlTarget.on("connect"), Trigger.nth(1), new Hang(When.BEFORE));
        try (ChaosScope scope = ChaosScope.open("login", Plan.of(new Seed(7), connect))) {
            scope.round().patience(Duration.ofMillis(50));
            scope.arm(bank.wire().mount());
            SQLException late = catchThrowableOfType(
                    SQLException.class, () -> bank.connect("socketTimeout", "0", "loginTimeout", "1"));
            assertThat(late.getSQLState()).isEqualTo("08001");
            scope.verify();
        }
    }

    @Test
    void hangThatIsHealedInTimeIsNone() throws Exception {
        try (Connection connection = bank.connect("socketTimeout", "0");
                ChaosScope scope = hanging(When.AFTER, Duration.ofHours(1));
                var fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            FutureTask<?> call = new FutureTask<>(() -> {
                WireTestServer.run(connection, UPDATE);
                return null;
            });
            new Thread(call, "hanging").start();
            fired.await(Duration.ofSeconds(30));
            scope.heal();
            call.get(30, TimeUnit.SECONDS);
            scope.verify();
        }
    }

    @Test
    void patienceMustBePositive() {
        try (ChaosScope scope = ChaosScope.open("impatient", Plan.of(new Seed(7)))) {
            assertThatThrownBy(() -> scope.round().patience(Duration.ZERO))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The longest hang must be positive, but was PT0S. To have no hang end by itself, give a "
                                    + "longer time than the test has.");
        }
    }

    private ChaosScope hanging(When when, Duration patience) {
        return armed(Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Hang(when)), patience);
    }

    private ChaosScope armed(Rule rule, Duration patience) {
        ChaosScope scope = ChaosScope.open("hopeless", Plan.of(new Seed(7), rule));
        scope.round().patience(patience);
        scope.arm(bank.wire().mount());
        return scope;
    }
}

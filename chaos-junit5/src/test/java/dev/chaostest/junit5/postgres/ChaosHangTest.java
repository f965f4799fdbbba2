// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Watch;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RESOURCE)
class ChaosHangTest {

    @ChaosTest
    @ChaosHang(on = "UPDATE account")
    void theQueryTimeoutOfTheCodeApplies(DataSource bank, ChaosScope scope) throws SQLException {
        try (Connection connection = bank.getConnection();
                Statement update = connection.createStatement()) {
            update.setQueryTimeout(1);
            SQLException late = catchThrowableOfType(
                    SQLException.class, () -> update.execute("UPDATE account SET balance = 5 WHERE id = 1"));
            assertThat(late.getSQLState()).isEqualTo("57014");
            assertThat(connection.isValid(30)).isTrue();
        }
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("hung until the client cancelled");
    }

    @ChaosTest
    void whatIsInjectedIsReleasedByClosingIt(DataSource bank, ChaosScope scope) throws Exception {
        Rule rule = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), new Hang(When.BEFORE));
        FutureTask<?> update = new FutureTask<>(() -> {
            Bank.add(bank, 1, 1);
            return null;
        });
        try (Injection hang = scope.inject(rule);
                Watch fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            new Thread(update, "update").start();
            fired.await(Duration.ofSeconds(30));
            assertThat(hang.isActive()).isTrue();
            assertThat(update.isDone()).isFalse();
        }
        update.get(30, TimeUnit.SECONDS);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("hung until it was healed");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    @Tag(ChaosTags.RESOURCE)
    static class EndlessTestCases {
        @ChaosTest
        @ChaosHang(on = "UPDATE account")
        void swallowsWhatItSees(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                Bank.add(connection, 1, 1);
            } catch (SQLException lost) {
                assertThat(lost.getSQLState()).isEqualTo("08006");
            }
        }

        @ChaosTest
        @ChaosHang(on = "UPDATE account")
        void failsByIt(DataSource bank) throws SQLException {
            Bank.add(bank, 1, 1);
        }
    }

    @Test
    void hangThatNothingWouldEndIsAFinding() {
        Inner inner = Inner.run(EndlessTestCases.class, Map.of("chaos.hang-limit", "50ms"));
        String finding =
                "A DataSource must have a socketTimeout, but this one has none: a hang at sql:UPDATE account SET balance"
                        + " = balance + $1 WHERE id = $2, from Bank.add:";
        assertThat(inner.failures())
                .extracting(Throwable::getMessage)
                .satisfiesExactlyInAnyOrder(
                        message -> assertThat(message)
                                .startsWith("ChaosHangTest$EndlessTestCases.swallowsWhatItSees: " + finding)
                                .contains(
                                        "Set socketTimeout, in seconds, above the longest statement (socketTimeout=30)"),
                        message -> assertThat(message)
                                .startsWith("ChaosHangTest$EndlessTestCases.failsByIt: PSQLException: ")
                                .contains("\n  finding  : " + finding)
                                .contains(
                                        "\n  advice   : socketTimeout is off; set socketTimeout=60 (seconds), above the "
                                                + "longest statement. A server or a network that falls silent holds the caller, its "
                                                + "connection and its locks' waiters for ever.\n"));
    }
}

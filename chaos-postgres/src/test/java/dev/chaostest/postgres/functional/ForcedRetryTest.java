// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.ForcedRetry;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.TransactionTarget;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

@Timeout(120)
class ForcedRetryTest {

    private WireFixture bank;
    private ChaosScope scope;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        scope = ChaosScope.open("test", Plan.of(new Seed(7)));
        scope.arm(bank.wire().mount());
    }

    @AfterEach
    void close() throws SQLException {
        scope.close();
        bank.close();
    }

    static Stream<Arguments> placesAndNumbers() {
        IntFunction<Rule> atStatement = ForcedRetry::times;
        IntFunction<Rule> atCommit = ForcedRetry::atCommit;
        return Stream.of(0, 1, 2, 5)
                .flatMap(
                        n -> Stream.of(Arguments.of("statement", n, atStatement), Arguments.of("commit", n, atCommit)));
    }

    @ParameterizedTest(name = "{1} at {0}")
    @MethodSource("placesAndNumbers")
    void retryLoopGoesOnUntilItIsOver(String place, int times, IntFunction<Rule> forced) throws SQLException {
        scope.inject(forced.apply(times));

        assertThat(transfer(1, 2)).isEqualTo(times + 1);

        scope.verify();
        assertThat(scope.fired()).hasSize(times);
        assertThat(bank.balance(1)).isEqualTo(900);
        assertThat(bank.balance(2)).isEqualTo(1100);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"extended", "simple", "extendedForPrepared", "extendedCacheEverything"})
    void transactionIsReallyAborted(String mode) throws SQLException {
        scope.inject(ForcedRetry.times(1));

        try (Connection connection = bank.connect("preferQueryMode", mode)) {
            connection.setAutoCommit(false);
            PSQLException conflict = catchThrowableOfType(PSQLException.class, () -> debit(connection, 1));
            assertThat(conflict.getSQLState()).isEqualTo("40001");
            assertThat(conflict.getServerErrorMessage().getRoutine()).isEqualTo("exec_stmt_raise");
            assertThat(catchThrowableOfType(SQLException.class, () -> debit(connection, 2))
                            .getSQLState())
                    .isEqualTo("25P02");
            connection.rollback();
            debit(connection, 1);
            connection.commit();
        }
        assertThat(bank.balance(1)).isEqualTo(900);
        scope.verify();
    }

    @Test
    void atCommitTheSessionIsIdleAndNothingIsCommitted() throws SQLException {
        scope.inject(ForcedRetry.atCommit(1));

        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(false);
            debit(connection, 1);
            assertThat(catchThrowableOfType(SQLException.class, connection::commit)
                            .getSQLState())
                    .isEqualTo("40001");
            assertThat(bank.balance(1)).isEqualTo(1000);
            assertThat(WireTestServer.read(connection, "SELECT balance FROM account WHERE id = 1"))
                    .isEqualTo("1000");
        }
        scope.verify();
    }

    /** A statement in the middle is never the one that fails, so five statements are not five hits. */
    @Test
    void transactionsAreCountedNotStatements() throws SQLException {
        scope.inject(ForcedRetry.times(2));

        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(false);
            for (int attempt = 1; attempt <= 2; attempt++) {
                assertThat(catchThrowableOfType(SQLException.class, () -> debit(connection, 1))
                                .getSQLState())
                        .isEqualTo("40001");
                connection.rollback();
            }
            for (int id = 1; id <= 5; id++) {
                debit(connection, id);
            }
            connection.commit();
        }
        assertThat(scope.fired()).hasSize(2);
        scope.verify();
    }

    @Test
    void readingTransactionCountsAsWell() throws SQLException {
        scope.inject(ForcedRetry.times(1));

        try (Connection connection = bank.connect()) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            assertThat(catchThrowableOfType(
                                    SQLException.class,
                                    () -> WireTestServer.read(connection, "SELECT count(*) FROM account"))
                            .getSQLState())
                    .isEqualTo("40001");
        }
        scope.verify();
    }

    @ParameterizedTest
    @CsvSource({"false, none", "true, 40001"})
    void statementThatCommitsByItselfCountsWhereThatIsAskedFor(boolean single, String seen) throws SQLException {
        Rule rule = Rule.of(new TransactionTarget(single), Trigger.first(1), ServerError.of("40001"));
        Injection forced = scope.inject(rule);

        try (Connection connection = bank.connect()) {
            String state;
            try {
                debit(connection, 1);
                state = "none";
            } catch (SQLException failed) {
                state = failed.getSQLState();
            }
            assertThat(state).isEqualTo(seen);
        }
        forced.close();
        assertThat(scope.unfulfilled()).hasSize(single ? 0 : 1);
    }

    @Test
    void healedItStrikesNoMore() throws SQLException {
        try (Injection forced = scope.inject(ForcedRetry.times(100))) {
            assertThat(forced.isActive()).isTrue();
            assertThatThrownBy(() -> attempt(1, 2)).isInstanceOf(SQLException.class);
        }

        assertThat(transfer(1, 2)).isEqualTo(1);
    }

    @Test
    void codeThatDoesNotRetryIsFoundOut() {
        scope.inject(ForcedRetry.times(1));

        assertThatThrownBy(() -> attempt(1, 2))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        failed -> assertThat(failed.getSQLState()).isEqualTo("40001"));
    }

    @Test
    void testWithFewerTransactionsIsFoundOut() throws SQLException {
        scope.inject(ForcedRetry.times(3));

        try (Connection connection = bank.connect()) {
            debit(connection, 1); // commits by itself
        }

        assertThatThrownBy(scope::verify).isInstanceOf(UnfulfilledPlanError.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void manyWorkersMeetExactlySoMany(boolean atCommit) throws Exception {
        scope.inject(atCommit ? ForcedRetry.atCommit(5) : ForcedRetry.times(5));

        var outcomes = Workers.of(4).named("transfer").call(worker -> {
            int attempts = 0;
            for (int round = 0; round < 3; round++) {
                attempts += transfer(worker.index() + 1, 9);
            }
            return attempts;
        });

        assertThat(outcomes.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(4 * 3 + 5);
        assertThat(scope.fired()).hasSize(5);
        assertThat(bank.balance(9)).isEqualTo(1000 + 4 * 3 * 100);
        scope.verify();
    }

    @Test
    void eachWorkerMeetsTwoOfItsOwn() throws Exception {
        scope.inject(ForcedRetry.times(2).perLane());

        var outcomes = Workers.of(4).named("transfer").call(worker -> transfer(worker.index() + 1, worker.index() + 5));

        assertThat(outcomes.values()).containsOnly(3);
        scope.verify();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1_000_001})
    void numberOutOfRangeIsRefused(int times) {
        assertThatThrownBy(() -> ForcedRetry.times(times))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A forced retry must be for 0 to 1000000 transactions, but was for " + times
                        + ". To have each one fail, use Trigger.always() with ServerError.of(\"40001\").");
    }

    /** A retry loop as applications have it; answers how many attempts it took. */
    private int transfer(int from, int to) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                attempt(from, to);
                return attempt;
            } catch (SQLException failed) {
                if (!"40001".equals(failed.getSQLState())) {
                    throw failed;
                }
            }
        }
    }

    private void attempt(int from, int to) throws SQLException {
        try (Connection connection = bank.connect()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "UPDATE account SET balance = balance - 100 WHERE id = " + from);
            WireTestServer.run(connection, "UPDATE account SET balance = balance + 100 WHERE id = " + to);
            connection.commit();
        }
    }

    private static void debit(Connection connection, int id) throws SQLException {
        WireTestServer.run(connection, "UPDATE account SET balance = balance - 100 WHERE id = " + id);
    }
}

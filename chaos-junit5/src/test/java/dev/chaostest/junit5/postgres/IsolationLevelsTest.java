// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Isolation;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;

class IsolationLevelsTest {

    @Test
    void eachLevelIsARoundOfItsOwnWithItsOwnSchemaSeedAndFaults() {
        Inner inner = Inner.run(AllTestCases.class, Map.of("chaos.seed", "77"));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("level")).containsExactly("read committed", "repeatable read", "serializable");
        assertThat(inner.published("fired")).containsExactly("1", "1", "1");
        assertThat(inner.published("chaos.seed")).doesNotHaveDuplicates().hasSize(3);
        assertThat(inner.published("schema")).doesNotHaveDuplicates().hasSize(3);
    }

    @PostgresTest
    static class AllTestCases {
        @ParameterizedTest
        @IsolationLevels
        @IsolatedSchema("bank.sql")
        @ChaosFailure(sqlState = "40001")
        void everyLevel(Isolation level, DataSource bank, ChaosScope scope, TestReporter reporter) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                Optional<SqlFailure> first = SqlFailure.of(attempt(level, connection));
                level.run(connection, transaction -> {
                    Bank.add(transaction, 1, 1);
                    reporter.publishEntry("level", Bank.ask(transaction, "SHOW transaction_isolation"));
                });
                assertThat(first).as("the injected one").map(SqlFailure::kind).contains(FailureKind.SERIALIZATION);
                reporter.publishEntry("schema", Bank.ask(connection, "SELECT current_schema()"));
            }
            reporter.publishEntry("fired", String.valueOf(scope.fired().size()));
            assertThat(Bank.balances(bank)).contains(1001);
        }
    }

    @Test
    void onlyTheGivenLevelsRun() {
        assertThat(Inner.run(TwoTestCases.class).succeeded()).isEqualTo(2);
    }

    /** Two withdrawals, each allowed since both accounts together have enough; together they take too much. */
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class TwoTestCases {
        @ParameterizedTest
        @IsolationLevels({Isolation.REPEATABLE_READ, Isolation.SERIALIZABLE})
        @ChaosDelay(value = "1ms", on = "SELECT account")
        void writeSkew(Isolation level, Connection one, Connection other) throws SQLException {
            for (Connection each : new Connection[] {one, other}) {
                each.setAutoCommit(false);
                level.begin(each);
                assertThat(sum(each)).isEqualTo("2000");
            }
            Bank.add(one, 1, -1500);
            one.commit();
            SQLException thrown = null;
            try {
                Bank.add(other, 2, -1500);
                other.commit();
            } catch (SQLException e) {
                thrown = e;
                other.rollback();
            }

            if (level == Isolation.SERIALIZABLE) {
                assertThat(SqlFailure.of(thrown)).map(SqlFailure::kind).contains(FailureKind.SERIALIZATION);
                assertThat(sum(other)).isEqualTo("500");
            } else {
                assertThat((Throwable) thrown).isNull();
                assertThat(sum(other)).as("the anomaly").isEqualTo("-1000");
            }
        }

        private static String sum(Connection connection) throws SQLException {
            return Bank.ask(connection, "SELECT sum(balance) FROM account WHERE id IN (1, 2)");
        }
    }

    @Test
    void besideAnotherTestAnnotationItSaysWhatToWrite() {
        assertThat(Inner.run(WrongTestCases.class).message())
                .isEqualTo("@IsolationLevels on WrongTestCases.notParameterized must stand beside @ParameterizedTest, "
                        + "but it does not. Replace the other test annotation by it; it comes with the dependency "
                        + "org.junit.jupiter:junit-jupiter-params.");
    }

    @PostgresTest
    @Tag(ChaosTags.TRANSACTION)
    static class WrongTestCases {
        @ChaosTest
        @IsolationLevels
        void notParameterized(Isolation level) {}
    }

    private static Throwable attempt(Isolation level, Connection connection) {
        try {
            level.run(connection, transaction -> Bank.add(transaction, 1, 1));
            throw new AssertionError("must fail");
        } catch (SQLException e) {
            return e;
        }
    }
}

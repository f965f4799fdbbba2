// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.Inner;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.isolation.TestSchema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thousand small tests with different faults, sixteen at a time, on one server: none of them sees another. */
class ParallelTest {

    private static final Map<String, String> SIXTEEN = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.mode.default", "concurrent",
            "junit.jupiter.execution.parallel.config.strategy", "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "16",
            "junit.jupiter.execution.parallel.config.fixed.max-pool-size", "16");

    @Test
    @Timeout(600)
    void aThousandTestsSeeNothingOfEachOther() {
        Inner inner = Inner.run(ThousandTestCases.class, SIXTEEN);

        assertThat(inner.failures()).as("what the red ones threw").isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1_000);
        assertThat(ThousandTestCases.SCHEMAS).as("schemas, each used once").hasSize(1_000);
        assertThat(ThousandTestCases.MOST.get()).as("tests at a time").isGreaterThan(8);
    }

    /** Each writes its own row into its own table, under a fault of its own, and looks at everything it could see. */
    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class ThousandTestCases {

        private static final Set<String> SCHEMAS = ConcurrentHashMap.newKeySet();
        private static final AtomicInteger NOW = new AtomicInteger();
        private static final AtomicInteger MOST = new AtomicInteger();

        @RepeatedTest(200)
        void withoutAFault(DataSource bank, TestSchema schema, ChaosScope scope) throws SQLException {
            inItsOwnWorld(schema, () -> add(bank, 1));
            assertLedger(scope, 0, 1);
        }

        @RepeatedTest(200)
        @ChaosFailure(sqlState = "40001", on = "UPDATE account")
        void withAServerError(DataSource bank, TestSchema schema, ChaosScope scope) throws SQLException {
            inItsOwnWorld(schema, () -> {
                assertThat(state(() -> add(bank, 1))).isEqualTo("40001");
                add(bank, 2);
            });
            assertLedger(scope, 1, 2);
        }

        @RepeatedTest(200)
        @ChaosCut(on = "COMMIT", strikes = When.AFTER)
        void withALostAnswer(DataSource bank, TestSchema schema, ChaosScope scope) throws SQLException {
            inItsOwnWorld(schema, () -> {
                assertThat(state(() -> add(bank, 1))).isEqualTo("08006");
                assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
            });
            assertLedger(scope, 1, 1);
        }

        @RepeatedTest(200)
        @ChaosDelay(value = "3ms", on = "UPDATE account", times = 1)
        void withADelay(DataSource bank, TestSchema schema, ChaosScope scope) throws SQLException {
            inItsOwnWorld(schema, () -> {
                add(bank, 1);
                assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
            });
            assertLedger(scope, 1, 1);
        }

        @RepeatedTest(200)
        @ChaosFailure(sqlState = "57P01", on = "UPDATE account", nth = 2)
        void withATerminatedBackend(DataSource bank, TestSchema schema, ChaosScope scope) throws SQLException {
            inItsOwnWorld(schema, () -> {
                add(bank, 1);
                assertThat(state(() -> add(bank, 1))).isEqualTo("57P01");
                assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
            });
            assertLedger(scope, 1, 2);
        }

        private static void inItsOwnWorld(TestSchema schema, Work work) throws SQLException {
            assertThat(SCHEMAS.add(schema.name())).as("a schema of its own").isTrue();
            MOST.accumulateAndGet(NOW.incrementAndGet(), Math::max);
            try {
                work.run();
            } finally {
                NOW.decrementAndGet();
            }
        }

        /** Locks its row, and looks whether it waits for anybody. */
        private static void add(DataSource bank, int amount) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                statement.execute("UPDATE account SET balance = balance + " + amount + " WHERE id = 1");
                try (ResultSet waits = statement.executeQuery(
                        "SELECT count(*) FROM pg_locks WHERE NOT granted" + " AND pid = pg_backend_pid()")) {
                    waits.next();
                    assertThat(waits.getInt(1))
                            .as("locks of others to wait for")
                            .isZero();
                }
                connection.commit();
            }
        }

        private static void assertLedger(ChaosScope scope, int faults, long updates) {
            assertThat(scope.fired()).hasSize(faults);
            assertThat(scope.ledger().entries(LedgerEntry.Answered.class)).hasSize(faults);
            assertThat(scope.round().decisions().seen())
                    .containsEntry(new Site("sql", "UPDATE account SET balance = balance + ? WHERE id = ?"), updates);
        }

        private static String state(Work work) {
            return catchThrowableOfType(SQLException.class, work::run).getSQLState();
        }

        private interface Work {
            void run() throws SQLException;
        }
    }
}

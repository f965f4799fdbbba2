// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

@PostgresTest
class IsolatedSchemaTest {

    @RepeatedTest(8)
    @IsolatedSchema("bank.sql")
    void testsInParallelNeverSeeEachOther(DataSource bank) throws SQLException {
        for (int i = 1; i <= 20; i++) {
            Bank.add(bank, 1, 1);
            assertThat(Bank.balances(bank)).containsExactly(1000 + i, 1000);
        }
    }

    @Test
    @IsolatedSchema("bank.sql")
    void theSchemaIsThereOnEveryConnectionAlsoAfterAReset(HikariDataSource bank, TestSchema schema)
            throws SQLException {
        try (Connection one = bank.getConnection();
                Connection other = bank.getConnection();
                Statement statement = one.createStatement()) {
            statement.execute("SET search_path = pg_catalog");
            statement.execute("DISCARD ALL");
            assertThat(Bank.ask(one, "SELECT current_schema")).isEqualTo(schema.name());
            assertThat(Bank.ask(other, "SELECT current_schema")).isEqualTo(schema.name());
        }
    }

    @Test
    @IsolatedSchema(value = "bank.sql", prefix = "it's \"x\"; DROP SCHEMA public; -- 🐘")
    void aHostilePrefixIsOnlyAName(DataSource bank, TestSchema schema) throws SQLException {
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        assertThat(Bank.ask(bank, "SELECT current_schema")).isEqualTo(schema.name());
    }

    @Test
    @IsolatedSchema("bank.sql")
    void oneTestCanHaveSeveral(DataSource bank, TestSchema schema) throws SQLException {
        TestSchema audit = schema.sibling("audit", "bank.sql");

        Bank.add(bank, 1, 1);

        assertThat(Bank.ask(bank, "SELECT balance FROM " + audit.qualify("account") + " WHERE id = 1"))
                .isEqualTo("1000");
    }

    @Test
    @IsolatedSchema({})
    void theStatementsSiteDoesNotHoldTheSchemasName(DataSource bank, TestSchema schema) throws SQLException {
        assertThat(Inner.run(QualifyingTestCases.class).message())
                .contains("seen   : sql:SELECT count(*) FROM account (1 hit)");
        assertThat(Bank.ask(bank, "SELECT 1")).isEqualTo("1");
        assertThat(schema.name()).startsWith("chaos_");
    }

    @PostgresTest
    @Tag(ChaosTags.INTEGRITY)
    static class QualifyingTestCases {
        @ChaosTest
        @IsolatedSchema("bank.sql")
        @ChaosCut(on = "UPDATE account")
        void readsOnly(DataSource bank, TestSchema schema) throws SQLException {
            Bank.ask(bank, "SELECT count(*) FROM " + schema.quoted() + ".account");
        }
    }

    @Test
    void aGreenTestLeavesNothingAndARedOneItsSchema(DataSource database, Postgres postgres) throws SQLException {
        Map<String, String> settings = Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow());

        Inner inner = Inner.run(GreenAndRedTestCases.class, settings);

        assertThat(exists(database, inner.published("green").get(0))).isEqualTo("f");
        String red = inner.published("red").get(0);
        assertThat(exists(database, red)).isEqualTo("t");
        assertThat(inner.message())
                .contains("Schema \"" + red + "\" is kept")
                .contains("psql : ")
                .contains("drop : DROP SCHEMA \"" + red + "\" CASCADE;");
        Map<String, String> never = new HashMap<>(settings);
        never.put("chaos.schema.keep", "never");
        assertThat(exists(
                        database,
                        Inner.run(GreenAndRedTestCases.class, never)
                                .published("red")
                                .get(0)))
                .isEqualTo("f");
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP SCHEMA \"" + red + "\" CASCADE");
        }
    }

    @PostgresTest
    static class GreenAndRedTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void green(TestSchema schema, TestReporter reporter) {
            reporter.publishEntry("green", schema.name());
        }

        @Test
        @IsolatedSchema("bank.sql")
        void red(TestSchema schema, TestReporter reporter) {
            reporter.publishEntry("red", schema.name());
            throw new AssertionError("red");
        }
    }

    @Test
    void aWayOfKeepingThatDoesNotExistIsRefused() {
        assertThat(Inner.run(GreenAndRedTestCases.class, Map.of("chaos.schema.keep", "sometimes"))
                        .failures())
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessage(
                                "chaos.schema.keep must be on-failure, always or never, but was \"sometimes\". Remove "
                                        + "it for on-failure."));
    }

    @Test
    void aScriptThatIsMissingFailsTheTest() {
        assertThat(Inner.run(MissingScriptTestCases.class).message()).contains("no-such.sql");
    }

    @PostgresTest
    static class MissingScriptTestCases {
        @Test
        @IsolatedSchema("no-such.sql")
        void isNeverRun() {}
    }

    private static String exists(DataSource database, String schema) throws SQLException {
        return Bank.ask(database, "SELECT count(*) = 1 FROM pg_namespace WHERE nspname = '" + schema + "'");
    }
}

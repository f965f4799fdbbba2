// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestDatabase;
import dev.chaostest.postgres.isolation.TestSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.postgresql.ds.PGSimpleDataSource;

@PostgresTest
class IsolatedDatabaseTest {

    @RepeatedTest(8)
    @IsolatedDatabase("bank.sql")
    void testsInParallelNeverSeeEachOther(DataSource bank, TestDatabase database) throws SQLException {
        for (int i = 1; i <= 5; i++) {
            Bank.add(bank, 1, 1);
            assertThat(Bank.balances(bank)).containsExactly(1000 + i, 1000);
        }
        assertThat(Bank.ask(bank, "SELECT current_database()")).isEqualTo(database.name());
    }

    @Test
    @IsolatedDatabase("bank.sql")
    void allThatATestIsHandedLeadsThere(
            Connection connection, HikariDataSource pool, Postgres postgres, TestDatabase database)
            throws SQLException {
        assertThat(Bank.ask(connection, "SELECT current_database()")).isEqualTo(database.name());
        assertThat(Bank.ask(pool, "SELECT current_database()")).isEqualTo(database.name());
        assertThat(postgres.database()).isEqualTo(database.name());
        try (Connection byUrl = postgres.connect()) {
            assertThat(Bank.ask(byUrl, "SELECT current_database()")).isEqualTo(database.name());
        }
    }

    @ChaosTest
    @Tag(ChaosTags.TRANSACTION)
    @IsolatedDatabase("bank.sql")
    @ChaosFailure(sqlState = "55P03", on = "UPDATE account")
    void faultsStrikeThereToo(DataSource bank) throws SQLException {
        assertThatThrownBy(() -> Bank.add(bank, 1, 1))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
        assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
    }

    @Test
    void ofTwoAnnotationsTheNearerOneHolds() {
        assertThat(Inner.run(NearerTestCases.class).failures()).isEmpty();
        assertThat(Inner.run(NearerTestCases.class).succeeded()).isEqualTo(2);
    }

    @PostgresTest
    @IsolatedDatabase("bank.sql")
    static class NearerTestCases {
        @Test
        void ofTheClass(DataSource bank, TestDatabase database) throws SQLException {
            assertThat(Bank.ask(bank, "SELECT current_database()")).isEqualTo(database.name());
        }

        @Test
        @IsolatedSchema("bank.sql")
        void ofTheMethod(DataSource bank, TestSchema schema, Postgres postgres) throws SQLException {
            assertThat(Bank.ask(bank, "SELECT current_schema()")).isEqualTo(schema.name());
            assertThat(Bank.ask(bank, "SELECT current_database()")).isEqualTo(postgres.database());
        }
    }

    @Test
    void twoOfThemInOnePlaceAreRefused() {
        assertThat(Inner.run(BothTestCases.class).message())
                .isEqualTo(
                        "BothTestCases.isNeverRun must have one of @IsolatedSchema and @IsolatedDatabase, but has both."
                                + " Remove @IsolatedSchema: a script can create schemas in the test's database.");
    }

    @PostgresTest
    static class BothTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        @IsolatedDatabase("bank.sql")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aParameterWithoutTheAnnotationIsRefused() {
        assertThat(Inner.run(MissingTestCases.class).message())
                .contains("A TestDatabase parameter of IsolatedDatabaseTest$MissingTestCases.isNeverRun must come from"
                        + " @IsolatedDatabase, but there is none. Add it to the method or the class.");
    }

    @PostgresTest
    static class MissingTestCases {
        @Test
        void isNeverRun(TestDatabase database) {
            throw new AssertionError("ran on " + database);
        }
    }

    @Test
    void aDataSourceThatIsHandedOverHasATwinThere(Postgres postgres) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(postgres.jdbcUrl());
        source.setUser(postgres.user().orElseThrow());
        HandedOverTestCases.source = source;

        Inner inner = Inner.run(
                HandedOverTestCases.class,
                Map.of("chaos.jdbc.url", "jdbc:postgresql://127.0.0.1:1/asked-for-by-nobody"));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    @PostgresTest(from = "source")
    static class HandedOverTestCases {
        static DataSource source = new PGSimpleDataSource();

        @Test
        @IsolatedDatabase("bank.sql")
        void leadsThere(DataSource bank, TestDatabase database) throws SQLException {
            assertThat(Bank.ask(bank, "SELECT current_database()")).isEqualTo(database.name());
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        }
    }

    @Test
    void aGreenTestLeavesNothingAndARedOneItsDatabase(DataSource shared, Postgres postgres) throws SQLException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow()));

        Inner inner = Inner.run(GreenAndRedTestCases.class, settings);

        assertThat(inner.published("green"))
                .allSatisfy(name -> assertThat(exists(shared, name)).isEqualTo("f"));
        String red = inner.published("red").get(0);
        assertThat(exists(shared, red)).isEqualTo("t");
        assertThat(inner.message())
                .contains("Database \"" + red + "\" is kept: its test failed")
                .contains("psql : ")
                .contains("drop : DROP DATABASE \"" + red + "\";");
        settings.put("chaos.schema.keep", "never");
        assertThat(exists(
                        shared,
                        Inner.run(GreenAndRedTestCases.class, settings)
                                .published("red")
                                .get(0)))
                .isEqualTo("f");
        assertThat(Bank.ask(
                        shared,
                        "SELECT count(*) FROM pg_database WHERE starts_with(datname::text, 'greenred_')"
                                + " AND datname <> '" + red + "'"))
                .as("databases made ahead")
                .isEqualTo("0");
        try (Connection connection = shared.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE \"" + red + "\"");
        }
    }

    @PostgresTest
    @IsolatedDatabase(value = "bank.sql", prefix = "greenred")
    static class GreenAndRedTestCases {
        @RepeatedTest(3)
        void green(TestDatabase database, TestReporter reporter) {
            reporter.publishEntry("green", database.name());
        }

        @Test
        void red(TestDatabase database, TestReporter reporter) {
            reporter.publishEntry("red", database.name());
            throw new AssertionError("red");
        }
    }

    @Test
    void aNumberThatMakesNoSenseIsRefused() {
        for (String wrong : List.of("17", "-1", "many")) {
            assertThat(Inner.run(GreenAndRedTestCases.class, Map.of("chaos.database.ahead", wrong))
                            .failures())
                    .isNotEmpty()
                    .allSatisfy(failure -> assertThat(failure)
                            .hasMessage("chaos.database.ahead must be 0 to 16, but was \"" + wrong
                                    + "\". Remove it for 2."));
        }
    }

    private static String exists(DataSource shared, String name) throws SQLException {
        return Bank.ask(shared, "SELECT count(*) = 1 FROM pg_database WHERE datname = '" + name + "'");
    }
}

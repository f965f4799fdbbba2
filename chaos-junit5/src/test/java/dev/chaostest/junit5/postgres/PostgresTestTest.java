// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.Lane;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.postgresql.ds.PGSimpleDataSource;

@PostgresTest
@IsolatedSchema("bank.sql")
@Tag(ChaosTags.RESOURCE)
class PostgresTestTest {

    @Test
    void theDataSourceIsNotPooled(DataSource bank) {
        assertThat(bank).isInstanceOf(PGSimpleDataSource.class);
    }

    @Test
    void aPoolIsForThoseWhoAskForOne(HikariDataSource pool, DataSource bank) throws SQLException {
        assertThat(Bank.balances(pool)).containsExactly(1000, 1000);
        assertThat(pool).isNotSameAs(bank);
    }

    @Test
    void aConnectionCommitsEachStatement(Connection connection, DataSource bank) throws SQLException {
        assertThat(connection.getAutoCommit()).isTrue();
        Bank.add(connection, 1, 1);
        assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
    }

    @Nested
    @PostgresTest(autoCommit = false)
    class WithoutAutoCommit {
        @Test
        void aConnectionCommitsWhenItIsTold(Connection connection, DataSource bank) throws SQLException {
            assertThat(connection.getAutoCommit()).isFalse();
            Bank.add(connection, 1, 1);
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
            connection.commit();
            assertThat(Bank.balances(bank)).containsExactly(1001, 1000);
            Bank.add(connection, 1, 1); // left open: rolled back with the test
        }
    }

    @Test
    void allParametersAreOfOneTest(
            DataSource bank, Connection connection, TestSchema schema, Postgres postgres, ChaosScope scope)
            throws SQLException {
        assertThat(Bank.ask(bank, "SELECT current_schema")).isEqualTo(schema.name());
        assertThat(Bank.ask(connection, "SELECT current_schema")).isEqualTo(schema.name());
        assertThat(Bank.ask(bank, "SHOW server_version")).startsWith(postgres.version());
        assertThat(Bank.ask(bank, "SHOW application_name")).contains("allParametersAreOfOneTest");
        assertThat(scope.name()).isEqualTo("PostgresTestTest.allParametersAreOfOneTest");
    }

    @ChaosTest
    @ChaosFailure(sqlState = "40001", on = "UPDATE account", perLane = true)
    void workersAreLanesWithAConnectionEach(Workers<Connection> workers, DataSource bank) throws Exception {
        Outcomes<Lane> outcomes = workers.named("teller").run(teller -> {
            assertThatThrownBy(() -> Bank.add(teller.resource(), 1, 1)).isInstanceOf(SQLException.class);
            Bank.add(teller.resource(), 1, 1);
        });

        assertThat(outcomes.all()).hasSize(4).allMatch(outcome -> outcome.isSuccess());
        assertThat(Bank.balances(bank)).containsExactly(1004, 1000);
    }

    @Test
    void theDatabaseGivesUpALittleBeforeTheTestDoes(DataSource bank) throws SQLException {
        assertThat(Bank.ask(bank, "SHOW statement_timeout")).isEqualTo("289500ms");
    }

    @Test
    @Timeout(30)
    void theDatabaseGivesUpALittleBeforeAShorterTest(DataSource bank) throws SQLException {
        assertThat(Bank.ask(bank, "SHOW statement_timeout")).isEqualTo("28500ms");
    }

    @Test
    void aHungStatementFailsTheTestByTheDatabase() { // JUnit's own time-out is off: under load it could come first
        Map<String, String> withoutJUnits = Map.of("junit.jupiter.execution.timeout.mode", "disabled");
        assertThat(Inner.run(HangingTestCases.class, withoutJUnits).message())
                .contains("PSQLException: ")
                .contains("statement timeout");
    }

    @PostgresTest
    static class HangingTestCases {
        @Test
        @Timeout(value = 1500, unit = TimeUnit.MILLISECONDS)
        void hangs(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT count(*) FROM generate_series(1, 1000000000000)");
        }
    }

    @Test
    void aParameterWithSomebodyElsesAnnotationIsLeftToThem() {
        assertThat(Inner.run(ForeignTestCases.class).failures()).isEmpty();
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Theirs {}

    @PostgresTest
    @ExtendWith(TheirResolver.class)
    static class ForeignTestCases {
        @Test
        void bothAreServed(@Theirs DataSource theirs, DataSource ours) throws SQLException {
            assertThat(((PGSimpleDataSource) theirs).getDatabaseName()).isEqualTo("theirs");
            assertThat(Bank.ask(ours, "SELECT 1")).isEqualTo("1");
        }
    }

    static final class TheirResolver implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.isAnnotated(Theirs.class);
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            PGSimpleDataSource theirs = new PGSimpleDataSource();
            theirs.setDatabaseName("theirs");
            return theirs;
        }
    }
}

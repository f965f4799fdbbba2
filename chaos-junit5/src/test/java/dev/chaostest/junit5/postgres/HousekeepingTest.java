// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.Run;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/** What the library's own connections do around tests, in a database that nobody else uses. */
@PostgresTest
class HousekeepingTest {

    private final String database = Run.random().unique("housekeeping");
    private Map<String, String> settings;

    @BeforeEach
    void useADatabaseOfItsOwn(Postgres postgres) {
        String url = postgres.jdbcUrl().replaceFirst("/" + postgres.database() + "\\b", "/" + database);
        assertThat(url).as("the database's name was in the URL").contains(database);
        settings = Map.of(
                "chaos.jdbc.url",
                url,
                "chaos.jdbc.user",
                postgres.user().orElse(""),
                "chaos.jdbc.password",
                postgres.password().orElse(""),
                "chaos.jdbc.create",
                "true");
    }

    @AfterEach
    void dropIt(DataSource server) throws SQLException {
        try (Connection connection = server.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
        }
    }

    @Test
    void testsShareAConnectionForTheirSchemasAndTheRunClosesIt(DataSource server) throws SQLException {
        Inner inner = Inner.run(ThreeTestCases.class, settings);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("pid")).as("one after the other").hasSize(3);
        assertThat(inner.published("pid").stream().distinct()).hasSize(1);
        Awaitility.with()
                .dontCatchUncaughtExceptions()
                .await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Bank.ask(
                                server, "SELECT count(*) FROM pg_stat_activity WHERE datname = '" + database + "'"))
                        .isEqualTo("0"));
    }

    @PostgresTest
    static class ThreeTestCases {
        @RepeatedTest(3)
        @IsolatedSchema("bank.sql")
        void one(DataSource bank, TestReporter reporter) throws SQLException {
            reporter.publishEntry("pid", pid(bank));
        }
    }

    @Test
    void aTestThatTerminatesEveryBackendStillHasItsSchemaDropped(DataSource server) throws SQLException {
        Inner inner = Inner.run(TerminatingTestCases.class, settings);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("terminated"))
                .as("the library's own was among them")
                .hasSize(1);
    }

    @PostgresTest
    static class TerminatingTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void terminatesAll(DataSource bank, TestReporter reporter) throws SQLException {
            String pid = pid(bank);
            assertThat(Bank.ask(bank, "SELECT pg_terminate_backend(" + pid + ", 10000)"))
                    .isEqualTo("t");
            reporter.publishEntry("terminated", pid);
        }
    }

    private static String pid(DataSource bank) throws SQLException {
        return Bank.ask(
                bank,
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                        + " AND application_name = 'chaostest'");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.Run;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Postgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@PostgresTest
class RequiresPostgresTest {

    private static final String ADVICE = ". Use a server that has it, or leave the test to those that do.";
    private static final String NAME = "RequiresPostgresTest$";

    @Test
    @RequiresPostgres(
            version = 15,
            role = {"SUPERUSER", "pg_signal_backend", "postgres"},
            extension = {"plpgsql"},
            function = {"pg_backend_pid", "pg_catalog.pg_terminate_backend", "pg_sleep(float8)", "pg_advisory_lock"})
    void whatIsThereIsRun(Postgres postgres) {
        assertThat(postgres.majorVersion()).isGreaterThanOrEqualTo(15);
    }

    @Test
    void whatIsMissingIsToldAndSkipped(Postgres postgres) {
        Inner inner = Inner.run(MissingTestCases.class, settings(postgres));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isZero();
        assertThat(inner.skipped()).containsExactlyInAnyOrderElementsOf(reasons(postgres));
    }

    @Test
    void orRedWhereThatIsAskedFor(Postgres postgres) {
        Map<String, String> settings = settings(postgres);
        settings.put("chaos.requires", "fail");
        Inner inner = Inner.run(MissingTestCases.class, settings);

        assertThat(inner.skipped()).isEmpty();
        assertThat(inner.succeeded()).isZero();
        assertThat(inner.failures())
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrderElementsOf(reasons(postgres));
    }

    private static List<String> reasons(Postgres postgres) {
        return List.of(
                NAME + "MissingTestCases.version must have PostgreSQL 99 or later, but this is "
                        + postgres.majorVersion() + ADVICE,
                NAME + "MissingTestCases.role must have role \"no such role\", which does not exist" + ADVICE,
                NAME + "MissingTestCases.extension must have extension \"no_such\", which is not installed on the"
                        + " server" + ADVICE,
                NAME + "MissingTestCases.function must have function no_such, which does not exist in database \""
                        + postgres.database() + "\"; and function pg_sleep(text), which does not exist in database \""
                        + postgres.database() + "\"" + ADVICE);
    }

    @PostgresTest
    static class MissingTestCases {
        @Test
        @RequiresPostgres(version = 99)
        void version() {
            throw new AssertionError("ran");
        }

        @Test
        @RequiresPostgres(role = "no such role")
        void role() {
            throw new AssertionError("ran");
        }

        @Test
        @RequiresPostgres(extension = {"plpgsql", "no_such"})
        void extension() {
            throw new AssertionError("ran");
        }

        @Test
        @RequiresPostgres(function = {"no_such", "pg_sleep(text)"})
        void function() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aWeakRoleIsToldWhatItHasNot(DataSource database, Postgres postgres) throws SQLException {
        String role = Run.random().unique("weak");
        run(database, "CREATE ROLE " + role + " LOGIN PASSWORD 'secret' REPLICATION");
        try {
            Map<String, String> settings = settings(postgres);
            settings.put("chaos.jdbc.user", role);
            settings.put("chaos.jdbc.password", "secret");
            assertThat(Inner.run(WeakTestCases.class, settings).skipped())
                    .containsExactly(NAME + "WeakTestCases.isNeverRun must have the attribute CREATEDB, which role \""
                            + role + "\" has not; and role \"pg_signal_backend\", of which role \"" + role
                            + "\" is no member" + ADVICE);
        } finally {
            run(database, "DROP ROLE " + role);
        }
    }

    @PostgresTest
    static class WeakTestCases {
        @Test
        @RequiresPostgres(role = {"REPLICATION", "CREATEDB", "pg_signal_backend"})
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void nothingRequiredIsAMistake() {
        assertThat(rootMessage(Inner.run(EmptyTestCases.class)))
                .isEqualTo("@RequiresPostgres on " + NAME + "EmptyTestCases.isNeverRun must say what is required, but"
                        + " says nothing. Set version, role, extension or function.");
    }

    @PostgresTest
    static class EmptyTestCases {
        @Test
        @RequiresPostgres
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void soIsAVersionThatIsNone() {
        assertThat(rootMessage(Inner.run(MinorTestCases.class)))
                .isEqualTo(
                        "@RequiresPostgres on " + NAME + "MinorTestCases.isNeverRun: version must be a major version,"
                                + " but was 150003. Write for example 16.");
    }

    @PostgresTest
    static class MinorTestCases {
        @Test
        @RequiresPostgres(version = 150003)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void soIsAFunctionThatIsNoName() {
        assertThat(rootMessage(Inner.run(MalformedTestCases.class)))
                .isEqualTo("@RequiresPostgres must name things as SQL does, but \"transfer money\" is no name (SQLSTATE"
                        + " 22023). Write for example \"bank.transfer\" or \"transfer(int, int)\".");
    }

    @PostgresTest
    static class MalformedTestCases {
        @Test
        @RequiresPostgres(function = "transfer money")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aWayThatDoesNotExistIsRefused() {
        assertThat(Inner.run(MinorTestCases.class, Map.of("chaos.requires", "maybe"))
                        .failures())
                .isNotEmpty()
                .allSatisfy(failure -> assertThat(failure)
                        .hasMessage("chaos.requires must be skip or fail, but was \"maybe\". Remove it for skip."));
    }

    private static String rootMessage(Inner inner) {
        assertThat(inner.failures()).hasSize(1);
        Throwable root = inner.failures().get(0);
        while (root.getCause() != null && !(root instanceof ChaosException)) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static Map<String, String> settings(Postgres postgres) {
        return new HashMap<>(Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow()));
    }

    private static void run(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

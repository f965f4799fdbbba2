// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

/** What a session sees of the question for the number of its transaction, whatever is wrong with that. */
@Timeout(60)
@Execution(ExecutionMode.SAME_THREAD) // they change what all roles of the server may do
class UnseenQuestionTest {

    private static final String UPDATE = "UPDATE public.account SET balance = balance - 1 WHERE id = 1";

    private static PostgresServer server;

    private final WireMount wire = WireMount.twinOf("question");

    @BeforeAll
    static void start() {
        server = PostgresServer.start(ServerOptions.ofDefaults().withSetting("log_statement", "all"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        asAdmin("CREATE TABLE public.account AS SELECT 1 AS id, 1000 AS balance");
        asAdmin("CREATE ROLE mute LOGIN");
        asAdmin("GRANT ALL ON public.account TO mute");
    }

    @AfterEach
    void empty() throws SQLException {
        asAdmin("DROP TABLE public.account");
        asAdmin("DROP ROLE mute");
        wire.close();
    }

    private static Connection direct() throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), WireTestServer.login());
    }

    private static void asAdmin(String sql) throws SQLException {
        try (Connection direct = direct()) {
            WireTestServer.run(direct, sql);
        }
    }

    private static String balance() throws SQLException {
        try (Connection direct = direct()) {
            return WireTestServer.read(direct, "SELECT balance FROM public.account");
        }
    }

    private Connection connect(String user, String mode) throws SQLException {
        Properties properties = WireTestServer.login();
        properties.putAll(wire.properties());
        properties.setProperty("preferQueryMode", mode);
        return DriverManager.getConnection(server.jdbcUrl().replace("user=postgres", "user=" + user), properties);
    }

    /** What the test does while its transactions are followed. */
    private interface Course {
        void run(Truth truth) throws Exception;
    }

    private Map<Site, Long> followed(Course course, Rule... rules) throws Exception {
        Round round = new Round("question", Plan.of(new Seed(7), rules), TimeSource.system());
        try (Truth truth = Truth.of(wire, new Direct(UnseenQuestionTest::direct));
                Mount.Arming arming = wire.mount().arm(round)) {
            course.run(truth);
            assertThat(round.mismatches()).isEmpty();
            assertThat(arming).isNotNull();
            return round.decisions().seen();
        } finally {
            round.end();
        }
    }

    private static void assertOneError(ThrowingCallable action, String state) {
        SQLException thrown = catchThrowableOfType(SQLException.class, action);
        assertThat(thrown.getSQLState()).isEqualTo(state);
        assertThat((Throwable) thrown.getNextException()).isNull();
        assertThat(thrown.getSuppressed()).isEmpty();
    }

    /** The statement in front of which the question was fails as if that error were its own: once, and nothing behind it. */
    @ParameterizedTest
    @CsvSource({"extended, statement", "extended, COMMIT", "simple, COMMIT", "extended, alone", "simple, alone"})
    void roleThatMayNotAskSeesOneErrorAndNone25P02(String mode, String where) throws Exception {
        asAdmin("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id_if_assigned() FROM PUBLIC");
        try (Connection connection = connect("mute", mode)) {
            followed(truth -> {
                connection.setAutoCommit(where.equals("alone"));
                if (!where.equals("alone")) {
                    WireTestServer.run(connection, UPDATE);
                }
                assertOneError(
                        where.equals("COMMIT") ? connection::commit : () -> WireTestServer.run(connection, UPDATE),
                        "42501");
                if (where.equals("statement")) {
                    assertOneError(() -> WireTestServer.run(connection, UPDATE), "25P02");
                    connection.rollback();
                }
                assertThat(truth.ghosts()).isEmpty();
                assertThat(truth.lost()).isEmpty();
            });
            connection.setAutoCommit(true);
            assertThat(WireTestServer.read(connection, "SELECT 7")).isEqualTo("7");
        } finally {
            asAdmin("GRANT EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id_if_assigned() TO PUBLIC");
        }
        assertThat(balance()).isEqualTo("1000");
    }

    /** A client that takes the last answer for the result must not get a ROLLBACK behind the error: BEGIN and UPDATE have one. */
    @Test
    void commitThatFailsWithTheQuestionHasOneAnswer() throws Exception {
        Site completed = new Site("wire", "CommandComplete");
        asAdmin("REVOKE EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id_if_assigned() FROM PUBLIC");
        try (Connection connection = connect("mute", "simple")) {
            Map<Site, Long> seen = followed(
                    truth -> {
                        WireTestServer.run(connection, "BEGIN");
                        WireTestServer.run(connection, UPDATE);
                        assertOneError(() -> WireTestServer.run(connection, "COMMIT"), "42501");
                        assertThat(truth.resolve(Duration.ofSeconds(30)))
                                .extracting(TransactionOutcome::fate)
                                .containsExactly(Fate.ABORTED);
                    },
                    Rule.of(WireTarget.message("CommandComplete"), Trigger.nth(99), Delay.of(Duration.ofMillis(2)))
                            .mayMiss());
            assertThat(seen).containsEntry(completed, 2L);
        } finally {
            asAdmin("GRANT EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id_if_assigned() TO PUBLIC");
        }
    }

    /** The question waits for a catalog that is locked, and the session's own time-out ends it. */
    @Test
    void timeOutInTheQuestionIsTheStatements() throws Exception {
        try (Connection connection = connect("postgres", "extended");
                Connection locker = direct()) {
            WireTestServer.run(connection, "SET statement_timeout = '200ms'");
            WireTestServer.run(connection, UPDATE);
            connection.setAutoCommit(false);
            followed(truth -> {
                WireTestServer.run(connection, UPDATE);
                locker.setAutoCommit(false);
                WireTestServer.run(locker, "LOCK TABLE pg_catalog.pg_proc IN ACCESS EXCLUSIVE MODE");
                assertOneError(() -> WireTestServer.run(connection, UPDATE), "57014");
                locker.rollback();
                connection.rollback();
                assertThat(truth.outcomes()).isEmpty();
                WireTestServer.run(connection, UPDATE);
                connection.commit();
            });
        }
        assertThat(balance()).isEqualTo("998");
    }

    /** Whatever stands in front of the system's schema in the search path. */
    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void functionsAndOperatorsOfTheUsersAreNotTakenForTheSystems(String mode) throws Exception {
        asAdmin("CREATE SCHEMA shadow");
        for (String function : new String[] {"pg_current_xact_id_if_assigned", "pg_postmaster_start_time"}) {
            asAdmin("CREATE FUNCTION shadow." + function
                    + "() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE 'ours'; END $$");
        }
        asAdmin(
                "CREATE FUNCTION shadow.no(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE 'ours'; END $$");
        asAdmin("CREATE OPERATOR shadow.= (FUNCTION = shadow.no, LEFTARG = text, RIGHTARG = text)");
        Round round = new Round(
                "question", Plan.of(new Seed(7), CommitLost.first(CommitLost.replyLost())), TimeSource.system());
        try (Truth truth = Truth.marking(wire, new Direct(UnseenQuestionTest::direct), "public.marks");
                Connection connection = connect("postgres", mode)) {
            WireTestServer.run(connection, "SET search_path = shadow, pg_catalog");
            try (Mount.Arming arming = wire.mount().arm(round)) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, UPDATE);
                WireTestServer.run(connection, UPDATE);
                TruthFixture.assertState(connection::commit, "08006");
                assertThat(truth.ghosts()).hasSize(1);
                assertThat(arming).isNotNull();
            }
        } finally {
            round.end();
            asAdmin("DROP SCHEMA shadow CASCADE");
            asAdmin("DROP TABLE public.marks");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void everybodyElseCanTellWhoAsks(String mode) throws Exception {
        try (Connection connection = connect("postgres", mode);
                Connection direct = direct()) {
            followed(truth -> {
                WireTestServer.run(connection, UPDATE);
                assertThat(WireTestServer.read(
                                direct,
                                "SELECT query FROM pg_stat_activity WHERE pid = "
                                        + connection.unwrap(PGConnection.class).getBackendPID()))
                        .contains("SELECT /* chaostest */ pg_catalog.pg_current_xact_id_if_assigned()");
            });
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.functional.StateLab.Outcome;
import dev.chaostest.postgres.sqlstate.Aftermath;
import dev.chaostest.postgres.sqlstate.PoolReaction;
import dev.chaostest.postgres.sqlstate.SqlStates;
import dev.chaostest.postgres.sqlstate.StateEntry;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The catalogue beside a real server and a real pool: each state as it is really caused, and as a rule brings it about. */
@Timeout(120)
class StateMatrixTest {

    private WireFixture bank;
    private StateLab lab;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        lab = new StateLab(bank);
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    static Stream<StateEntry> withRecipe() {
        return SqlStates.all().stream().filter(StateEntry::hasRecipe);
    }

    /** Those that two sessions cause. */
    static Stream<StateEntry> withCause() {
        return Stream.of("25P03", "25P04", "40001", "40P01", "55P03", "57P05").map(StateMatrixTest::entry);
    }

    /** Those that no server of a test can be brought to cheaply. */
    static Stream<StateEntry> withoutCause() {
        List<String> caused = withCause().map(each -> each.state().code()).toList();
        return SqlStates.all().stream()
                .filter(each -> !each.hasRecipe() && each.aftermath() != Aftermath.NO_SESSION)
                .filter(each -> !caused.contains(each.state().code()));
    }

    static Stream<StateEntry> atConnect() {
        return SqlStates.all().stream().filter(each -> each.aftermath() == Aftermath.NO_SESSION);
    }

    private static StateEntry entry(String code) {
        return SqlStates.of(code).orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withRecipe")
    void recipeAndRuleLeaveTheSameBehind(StateEntry entry) throws SQLException {
        Outcome real = lab.real(connection -> run(connection, entry.recipe()));

        assertThat(real.withoutPosition()).isEqualTo(expected(entry));
        assertThat(lab.injected(entry)).isEqualTo(expected(entry));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("withCause")
    void causeAndRuleLeaveTheSameBehind(StateEntry entry) throws SQLException {
        try (RealCauses causes = new RealCauses(bank)) {
            if (!entry.state().code().equals("25P04") || WireTestServer.setting("server_version_num") >= 170_000) {
                Outcome real = lab.real(causes.of(entry.state().code()));
                assertThat(real.withoutPosition()).isEqualTo(expected(entry));
            }
            assertThat(lab.injected(entry)).isEqualTo(expected(entry));
        }
    }

    /** The entry says why; the state comes back all the same, and the pool does what it says it does. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("withoutCause")
    void stateWithoutACheapCauseComesBackAllTheSame(StateEntry entry) throws SQLException {
        Outcome outcome = lab.injected(entry);

        assertThat(entry.real()).isNotBlank();
        assertThat(outcome).isEqualTo(expected(entry));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("atConnect")
    void stateAtConnectLeavesNoSession(StateEntry entry) throws SQLException {
        Rule rule = Rule.of(
                SqlTarget.on("connect"),
                Trigger.always(),
                ServerError.of(entry.state().code()));
        try (var armed = bank.arm(rule)) {
            SQLException thrown = StateLab.failure(() -> bank.connect().close());

            assertThat(thrown.getSQLState()).isEqualTo(entry.state().code());
            assertThat(StateLab.severity(thrown)).isEqualTo(severity(entry));
            assertThat(armed.round().ledger().entries(LedgerEntry.Answered.class))
                    .isNotEmpty()
                    .allMatch(answer -> StateLab.isAsTrue(answer, entry));
        }
        assertThat(entry.pool()).isEqualTo(PoolReaction.CONNECTS_AGAIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"53300", "28000", "3D000", "08001"})
    void refusedConnectIsTheSame(String state) throws SQLException {
        SQLException real = refused(state);

        assertThat(real.getSQLState()).isEqualTo(state);
        assertThat(StateLab.severity(real)).isEqualTo(severity(entry(state)));
    }

    /** Outside a transaction nothing is aborted: each statement is a transaction of its own. */
    @Test
    void savepointOutsideATransactionLeavesTheSessionIdle() throws SQLException {
        try (Connection connection = bank.connect()) {
            SQLException thrown = StateLab.failure(() -> WireTestServer.run(connection, "SAVEPOINT s"));

            assertThat(thrown.getSQLState()).isEqualTo("25P01");
            assertThat(WireTestServer.read(connection, "SELECT 7")).isEqualTo("7");
        }
    }

    @Test
    void closedConnectionIsWhatTheDriverSays() throws SQLException {
        Connection connection = bank.connect();
        connection.close();

        SQLException thrown = StateLab.failure(() -> WireTestServer.run(connection, "SELECT 1"));

        assertThat(thrown.getSQLState()).isEqualTo("08003");
        assertThat(StateLab.severity(thrown)).isEqualTo("driver");
    }

    private SQLException refused(String state) throws SQLException {
        Properties login = WireTestServer.login();
        return switch (state) {
            case "28000" -> refusedTo(WireTestServer.url(), "chaos_nobody_at_all");
            case "3D000" ->
                StateLab.failure(() -> DriverManager.getConnection(
                        WireTestServer.url().replaceFirst("/\\w+$", "/chaos_nothing"), login));
            case "08001" ->
                StateLab.failure(() -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/x", login));
            default -> {
                String role = bank.schema() + "_nobody";
                try (Connection admin = WireTestServer.direct()) {
                    WireTestServer.run(admin, "CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 0");
                    try {
                        yield refusedTo(WireTestServer.url(), role);
                    } finally {
                        WireTestServer.run(admin, "DROP ROLE " + role);
                    }
                }
            }
        };
    }

    private static SQLException refusedTo(String url, String role) {
        return StateLab.failure(() -> DriverManager.getConnection(url, role, null));
    }

    private static Outcome expected(StateEntry entry) {
        return new Outcome(entry.state().code(), severity(entry), false, entry.aftermath(), entry.pool());
    }

    private static String severity(StateEntry entry) {
        boolean ofTheDriver = List.of("08001", "08006").contains(entry.state().code());
        return ofTheDriver ? "driver" : entry.aftermath().severity();
    }

    private static void run(Connection connection, List<String> recipe) throws SQLException {
        for (String statement : recipe.subList(0, recipe.size() - 1)) {
            try {
                WireTestServer.run(connection, statement);
            } catch (SQLException onTheWay) {
                assertThat(onTheWay.getSQLState()).isEqualTo("22012"); // 25P02 takes one
            }
        }
        WireTestServer.run(connection, recipe.get(recipe.size() - 1));
    }
}

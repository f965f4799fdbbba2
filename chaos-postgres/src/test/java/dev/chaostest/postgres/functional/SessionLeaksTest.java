// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.pool.DeadConnections;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.pool.PoolExhauster;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.SessionLeak;
import dev.chaostest.postgres.pool.SessionLeaks;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a session keeps, and what becomes of one that died, when a pool lends it to the next one. */
@Timeout(120)
class SessionLeaksTest {

    private WireFixture bank;
    private TestPool pool;
    private ChaosScope scope;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        Map<String, String> driver = new HashMap<>();
        bank.wire().properties().forEach((name, value) -> driver.put((String) name, (String) value));
        driver.put("currentSchema", bank.schema());
        pool = TestPool.of(
                DriverSettings.of(WireTestServer.url(), "postgres", null)
                        .withProperties(driver)
                        .unpooled(),
                2,
                "bank");
        scope = ChaosScope.open("test", Plan.of(new Seed(7)));
        scope.arm(bank.wire().mount());
    }

    @AfterEach
    void close() throws SQLException {
        scope.close();
        pool.close();
        bank.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SET lock_timeout = '7s' | setting lock_timeout | 0 | 7000",
                "SELECT set_config('work_mem', '5MB', false) | setting work_mem | 4096 | 5120",
                "SET ROLE pg_monitor | role | postgres | pg_monitor",
                "SELECT pg_advisory_lock(4711) | advisory lock 0 4711 | | ExclusiveLock",
                "CREATE TEMP TABLE left_over (i int) | temporary relation left_over | | there",
                "PREPARE left_over AS SELECT 1 | prepared statement left_over | | there",
                "LISTEN left_over | listening on left_over | | there",
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY | setting default_transaction_read_only | off | on",
            })
    void whatIsLeftIsFoundWithWhoLeftIt(String sql, String what, String before, String after) throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        borrowAnd(sql);

        assertThat(leaks.found()).singleElement().satisfies(leak -> {
            assertThat(leak.what()).isEqualTo(what);
            assertThat(leak.before()).isEqualTo(Optional.ofNullable(before));
            assertThat(leak.after()).contains(after);
            assertThat(leak.borrower().orElse("")).contains("SessionLeaksTest.borrowAnd");
        });
    }

    @Test
    void searchPathOfTheConnectionIsOldAndNewWithItsStatement() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        borrowAnd("SET search_path = pg_catalog");

        assertThat(leaks.found()).singleElement().satisfies(leak -> {
            assertThat(leak.before()).contains(bank.schema());
            assertThat(leak.after()).contains("pg_catalog");
            assertThat(leak.statement().orElse("")).startsWith("SET search_path");
        });
    }

    @Test
    void nextBorrowerIsWhereItIsFoundToo() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        borrowAnd("SET lock_timeout = '7s'");
        borrowAnd("SELECT 1");
        borrowAnd("SELECT 1");

        assertThat(leaks.found()).as("told once").extracting(SessionLeak::what).containsExactly("setting lock_timeout");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "SELECT 1 / 0"})
    void transactionThatWasBegunByHandIsFound(String sql) throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        Throwable thrown = catchThrowable(() -> borrowAnd("BEGIN", sql));

        assertThat(leaks.found()).singleElement().satisfies(leak -> {
            assertThat(leak.what()).isEqualTo("transaction");
            assertThat(leak.after()).contains(thrown == null ? "open" : "failed");
            assertThat(leak.statement()).contains("BEGIN");
        });
    }

    @Test
    void workThatTakesEverythingBackLeavesNothing() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        try (Connection connection = pool.dataSource().getConnection()) {
            connection.setAutoCommit(false);
            connection.setReadOnly(true);
            connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
            WireTestServer.run(connection, "SET LOCAL lock_timeout = '7s'");
            WireTestServer.read(connection, "SELECT pg_advisory_xact_lock(4711)");
            connection.commit();
        }

        leaks.requireNone();
    }

    @Test
    void requireNoneSaysWhatIsLeft() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());

        borrowAnd("SET lock_timeout = '7s'");

        assertThatThrownBy(leaks::requireNone)
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching(
                        "A session must go back to its pool as it came, but 1 thing was left\\. Use SET LOCAL"
                                + " and transaction-level locks, or take it back before the connection is closed\\."
                                + "\\n  left : setting lock_timeout was \"0\" and is \"7000\", left by SessionLeaksTest"
                                + "\\.borrowAnd\\S*, perhaps by SET lock_timeout = \\?");
    }

    /** A rule for every statement does not strike what looks at the session. */
    @Test
    void lookIsNobodysStatement() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        scope.inject(Rule.of(SqlTarget.any(), Trigger.always(), ServerError.of("40001")));

        assertThat(catchThrowableOfType(SQLException.class, () -> borrowAnd("SELECT 1"))
                        .getSQLState())
                .isEqualTo("40001");

        assertThat(scope.fired()).hasSize(1);
        leaks.requireNone();
    }

    @Test
    void watchThatIsOverFindsNothingMore() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        borrowAnd("SELECT 1");
        leaks.close();
        leaks.close();
        borrowAnd("SET lock_timeout = '7s'", "RESET lock_timeout");
        leaks.requireNone();
    }

    /** The earlier one would see nothing any more, and say that nothing was left. */
    @Test
    void secondWatchOfTheSamePoolIsRefused() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        assertThatThrownBy(() -> SessionLeaks.watch(scope, pool.dataSource()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("At most one must watch the sessions of the pool \"bank\" at a time, but one does already."
                        + " Close that one first.");
        leaks.close();
        SessionLeaks again = SessionLeaks.watch(scope, pool.dataSource());
        leaks.close();
        borrowAnd("SET lock_timeout = '7s'");
        assertThat(again.found()).hasSize(1);
    }

    @Test
    void dataSourceWithoutTheSeamIsRefused() {
        DataSource plain =
                DriverSettings.of(WireTestServer.url(), "postgres", null).unpooled();
        assertThatThrownBy(() -> SessionLeaks.watch(scope, plain))
                .isInstanceOf(ChaosException.class)
                .hasMessage("SessionLeaks must watch a DataSource with the pool seam, but"
                        + " org.postgresql.ds.PGSimpleDataSource has none. Use PoolMount.of(pool).dataSource() in its"
                        + " place.");
        assertThatThrownBy(() -> DeadConnections.in(scope, plain, 1, plain))
                .isInstanceOf(ChaosException.class)
                .hasMessage("DeadConnections must be in a DataSource with the pool seam, but"
                        + " org.postgresql.ds.PGSimpleDataSource has none. Use PoolMount.of(pool).dataSource() in its"
                        + " place.");
    }

    /** Within half a second the pool does not try it first; a slow machine may be later, so it may be tried again. */
    @Test
    void connectionThatDiedInThePoolIsLentAndFailsWithTheFirstStatement() throws SQLException {
        String seen = "nothing";
        for (int round = 0; round < 20 && seen.equals("nothing"); round++) {
            try (DeadConnections dead = DeadConnections.in(scope, pool.dataSource(), 2, admin())) {
                assertThat(dead.count()).isEqualTo(2);
                assertThat(dead.isActive()).isTrue();
                seen = use();
            }
        }
        assertThat(seen).isEqualTo("57P01");
        assertThat(use()).isEqualTo("nothing");
        assertThat(scope.ledger().entries(LedgerEntry.Commanded.class))
                .isNotEmpty()
                .allMatch(command -> command.command().startsWith("terminate sessions ["));
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class))
                .hasSameSizeAs(scope.ledger().entries(LedgerEntry.Commanded.class));
    }

    @Test
    void connectionThatIsBorrowedLives() throws SQLException {
        try (Connection borrowed = pool.dataSource().getConnection();
                DeadConnections dead = DeadConnections.in(scope, pool.dataSource(), 1, admin())) {
            assertThat(WireTestServer.read(borrowed, "SELECT 7")).isEqualTo("7");
            assertThat(dead.count()).isEqualTo(1);
        }
    }

    @Test
    void withoutAPoolNothingCanDieInIt() {
        DataSource plain = PoolMount.of(admin()).dataSource();
        assertThatThrownBy(() -> DeadConnections.in(scope, plain, 1, admin()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("the DataSource org.postgresql.ds.PGSimpleDataSource must be a pool of HikariCP to have"
                        + " connections that die in it, but none is found. Use ServerError.of(\"57P01\") for one without"
                        + " a pool.");
    }

    /** What died can't be asked; its borrower sees what it would see without the watch. */
    @Test
    void watchBearsConnectionsThatDied() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        try (DeadConnections dead = DeadConnections.in(scope, pool.dataSource(), 2, admin())) {
            assertThat(dead.count()).isEqualTo(2);
            use();
            use();
        }
        leaks.requireNone();
    }

    /** The pool has two; what it let go must not count, whether the collector has been there or not. */
    @Test
    void sessionsThatThePoolHasLetGoAreNotAskedFor() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        try (DeadConnections dead = DeadConnections.in(scope, pool.dataSource(), 2, admin())) {
            assertThat(dead.count()).isEqualTo(2);
            use();
            use();
        }
        leaks.requireNone();
        borrowAnd("SET lock_timeout = '7s'");
        assertThat(leaks.found()).extracting(SessionLeak::what).containsExactly("setting lock_timeout");
        assertThat(leaks.found()).hasSize(1);
    }

    @Test
    void sessionsThatDieBeforeTheLastLookAreNoReasonToFail() throws SQLException {
        SessionLeaks leaks = SessionLeaks.watch(scope, pool.dataSource());
        borrowAnd("SELECT 1");
        try (DeadConnections dead = DeadConnections.in(scope, pool.dataSource(), 2, admin())) {
            assertThat(dead.count()).isEqualTo(2);
            leaks.requireNone();
        }
    }

    /** A role that is not shown when a backend began could not tell it from a later one, and would end nothing. */
    @Test
    void sessionsThatTheAdminIsNotShownAreNotSaidToBeDead() throws SQLException {
        String role = bank.schema() + "_weak";
        try (Connection connection = admin().getConnection()) {
            WireTestServer.run(connection, "CREATE ROLE \"" + role + "\" LOGIN");
            try {
                DataSource weak =
                        DriverSettings.of(WireTestServer.url(), role, null).unpooled();
                assertThatThrownBy(() -> DeadConnections.in(scope, pool.dataSource(), 1, weak))
                        .isInstanceOf(ChaosException.class)
                        .hasMessageMatching(
                                "The session of process \\d+ must be shown to the admin with its start to be"
                                        + " ended, but is not\\. Connect as the same role, as a superuser, or as one of"
                                        + " pg_signal_backend and pg_read_all_stats\\.");
                assertThat(use()).isEqualTo("nothing");
                assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
            } finally {
                WireTestServer.run(connection, "DROP ROLE \"" + role + "\"");
            }
        }
    }

    /** Whatever else keeps connections away does not mean that they are all taken. */
    @Test
    void poolThatCanNotConnectIsNotExhausted() throws SQLException {
        scope.arm(PoolMount.of(pool.dataSource()).mount());
        scope.inject(Rule.of(PoolMount.acquire(), Trigger.nth(2), NoConnection.refused("08001")));
        assertThatThrownBy(() -> PoolExhauster.of(pool.dataSource()).hold(scope))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Connections of the pool \"bank\" must run out, but after 1 the next was refused with 08001,"
                                + " which is no limit. Heal what keeps them away first; see the cause.");
        assertThat(PoolMount.of(pool.dataSource()).numbers().orElseThrow().active())
                .isZero();
        assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
    }

    @Test
    void moreThanThePoolHasCannotBeDead() {
        assertThatThrownBy(() -> DeadConnections.in(scope, pool.dataSource(), 3, admin()))
                .isInstanceOf(ChaosException.class)
                .hasMessage("From 1 to 2 connections of the pool \"bank\" can be dead, but 3 were to be."
                        + " Give a number in that range.");
    }

    private static DataSource admin() {
        return DriverSettings.of(WireTestServer.url(), "postgres", null).unpooled();
    }

    private String use() throws SQLException {
        try (Connection connection = pool.dataSource().getConnection()) {
            WireTestServer.run(connection, "UPDATE account SET balance = 1");
            return "nothing";
        } catch (SQLException failed) {
            return String.valueOf(failed.getSQLState());
        }
    }

    private void borrowAnd(String... sql) throws SQLException {
        try (Connection connection = pool.dataSource().getConnection()) {
            for (String each : List.of(sql)) {
                WireTestServer.run(connection, each);
            }
        }
    }
}

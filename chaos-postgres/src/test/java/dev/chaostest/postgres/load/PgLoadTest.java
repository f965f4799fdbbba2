// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class PgLoadTest {

    private WireFixture bank;
    private DataSource source;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        Map<String, String> driver = new HashMap<>();
        bank.wire().properties().forEach((name, value) -> driver.put((String) name, (String) value));
        driver.put("currentSchema", bank.schema());
        source = DriverSettings.of(WireTestServer.url(), "postgres", null)
                .withProperties(driver)
                .unpooled();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @Test
    void everyTransactionIsInAllTables() throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, Scale.small())) {
            LoadReport report =
                    PgLoad.on(source, tables).clients(4).transactions(25).run();

            assertThat(report.transactions()).isEqualTo(100);
            assertThat(report.failures()).isEmpty();
            assertThat(report.perSecond()).isPositive();
            assertThat(report.toString()).startsWith("100 transactions in ").endsWith(", 0 failed");
            Sums sums = tables.sums().requireEqual();
            assertThat(sums.transactions()).isEqualTo(100);
            assertThat(sums.history()).isNotZero();
        }
    }

    @Test
    void selectOnlyChangesNothing() throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, new Scale(2, 10))) {
            LoadReport report = PgLoad.on(source, tables)
                    .workload(Workload.SELECT_ONLY)
                    .clients(2)
                    .transactions(20)
                    .run()
                    .requireAtLeast(40);

            assertThat(report.failed()).isZero();
            assertThat(tables.sums()).isEqualTo(new Sums(0, 0, 0, 0, 0));
        }
    }

    @Test
    void loadForATimeEndsAfterIt() throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, Scale.small())) {
            LoadReport report = PgLoad.on(source, tables)
                    .clients(2)
                    .lasting(Duration.ofMillis(200))
                    .run();

            assertThat(report.requireAtLeast(1).elapsed()).isGreaterThanOrEqualTo(Duration.ofMillis(200));
            tables.sums().requireEqual();
        }
    }

    @Test
    void sameSeedPicksTheSame() throws InterruptedException {
        assertThat(money(new Seed(3))).isEqualTo(money(new Seed(3))).isNotEqualTo(money(new Seed(4)));
    }

    private Sums money(Seed seed) throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, Scale.small())) {
            PgLoad.on(source, tables).clients(2).transactions(5).seed(seed).run();
            return tables.sums();
        }
    }

    /** Errors, ends of sessions and lost answers: the money is right all the same, and the clients go on. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failuresAreCountedByStateAndTheMoneyIsRight(boolean pooled) throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, Scale.small());
                TestPool pool = TestPool.of(source, 4, "load");
                var armed = bank.arm(
                        Rule.of(SqlTarget.on("UPDATE pgbench_tellers"), Trigger.first(3), ServerError.of("40001")),
                        Rule.of(SqlTarget.on("UPDATE pgbench_branches"), Trigger.nth(10), ServerError.of("57P01")),
                        Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(20), new Cut(When.AFTER)))) {
            LoadReport report = PgLoad.on(pooled ? pool.dataSource() : source, tables)
                    .clients(4)
                    .transactions(20)
                    .run();

            assertThat(report.failures()).isEqualTo(new TreeMap<>(Map.of("40001", 3L, "57P01", 1L, "08006", 1L)));
            assertThat(report.transactions()).isEqualTo(75);
            assertThat(armed.fired()).hasSize(5);
            assertThat(tables.sums().requireEqual().transactions())
                    .as("the answer of one commit was lost")
                    .isEqualTo(76);
        }
    }

    @Test
    void moneyThatIsLostIsFoundOut() throws InterruptedException, SQLException {
        try (LoadTables tables = LoadTables.create(source, Scale.small())) {
            try (Connection connection = source.getConnection()) {
                WireTestServer.run(connection, "UPDATE pgbench_tellers SET tbalance = 7 WHERE tid = 1");
            }

            assertThatThrownBy(() -> tables.sums().requireEqual())
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("Accounts, tellers, branches and history must add up to the same, but are accounts 0,"
                            + " tellers 7, branches 0, history 0 (0 transactions). Look for a transaction that was done"
                            + " in part, or a row that was changed past the load.");
        }
    }

    @Test
    void loadThatDidNothingIsFoundOut() throws InterruptedException {
        try (LoadTables tables = LoadTables.create(source, Scale.small());
                var armed = bank.arm(
                        Rule.of(SqlTarget.on("UPDATE pgbench_accounts"), Trigger.always(), ServerError.of("53100")))) {
            LoadReport report =
                    PgLoad.on(source, tables).clients(1).transactions(3).run();

            assertThatThrownBy(() -> report.requireAtLeast(1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageMatching(
                            "At least 1 transaction must be committed, but 0 were\\. Give the load longer, or"
                                    + " look at what failed\\.\\n  seen : 0 transactions in .+, 3 failed \\{53100=3\\}");
            assertThat(armed.fired()).hasSize(3);
        }
    }

    @Test
    void tablesThatAreThereAlreadyAreNotTouched() throws SQLException {
        try (Connection connection = source.getConnection()) {
            WireTestServer.run(connection, "CREATE TABLE pgbench_history (mine int)");
            assertThatThrownBy(() -> LoadTables.create(source, Scale.small()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The tables of a load must be created, but that failed with 42P07. Use a schema of its"
                            + " own, without tables pgbench_*; see the cause.");
            assertThat(tables(connection)).isEqualTo("1");
        }
    }

    @Test
    void closedTablesAreGone() throws SQLException {
        LoadTables tables = LoadTables.create(source, Scale.small());
        tables.close();
        tables.close();
        try (Connection connection = source.getConnection()) {
            assertThat(tables(connection)).isEqualTo("0");
        }
    }

    /** What has the same name in another schema of the path is somebody else's. */
    @Test
    void closingDropsOnlyWhatWasCreated() throws SQLException {
        Map<String, String> path = Map.of("currentSchema", bank.schema() + "_first," + bank.schema());
        DataSource both = DriverSettings.of(WireTestServer.url(), "postgres", null)
                .withProperties(path)
                .unpooled();
        try (Connection connection = both.getConnection()) {
            WireTestServer.run(connection, "CREATE SCHEMA " + bank.schema() + "_first");
            try {
                LoadTables tables = LoadTables.create(both, Scale.small());
                SeededTables seeded = SeededTables.create(both, 1, 1);
                WireTestServer.run(connection, "DROP SCHEMA " + bank.schema() + "_first CASCADE");
                WireTestServer.run(connection, "CREATE TABLE pgbench_accounts (theirs int)");
                WireTestServer.run(connection, "CREATE TABLE load_table_1 (theirs int)");
                tables.close();
                seeded.close();
                assertThat(tables(connection)).isEqualTo("2");
            } finally {
                WireTestServer.run(connection, "DROP SCHEMA IF EXISTS " + bank.schema() + "_first CASCADE");
            }
        }
    }

    @Test
    void seededTablesHaveTheirRowsAndGo() throws SQLException {
        try (Connection connection = source.getConnection()) {
            try (SeededTables tables = SeededTables.create(source, 5, 1_000)) {
                assertThat(tables.names()).hasSize(5);
                for (String name : tables.names()) {
                    assertThat(WireTestServer.read(connection, "SELECT count(*) FROM " + name))
                            .isEqualTo("1000");
                }
                assertThatThrownBy(() -> SeededTables.create(source, 1, 1))
                        .isInstanceOf(ChaosException.class)
                        .hasMessage(
                                "Seeded tables must be created, but that failed with 42P07. Use a schema of its own,"
                                        + " without tables load_table_*; see the cause.");
            }
            assertThat(tables(connection)).isEqualTo("0");
        }
    }

    private String tables(Connection connection) throws SQLException {
        return WireTestServer.read(
                connection,
                "SELECT count(*) FROM pg_tables WHERE schemaname = '" + bank.schema()
                        + "' AND (tablename LIKE 'pgbench%' OR tablename LIKE 'load%')");
    }

    @Test
    void numbersOutOfRangeAreRefused() {
        assertThatThrownBy(() -> SeededTables.create(source, 0, 1))
                .isInstanceOf(ChaosException.class)
                .hasMessage("Seeded tables must be 1 to 1000 with 0 to 10000000 rows each, but were 0 with 1."
                        + " Make fewer or smaller ones.");
        assertThatThrownBy(() -> Scale.of(0))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The number of branches must be 1 to 1000, but was 0. Use Scale.small() if it does not"
                        + " matter.");
        try (LoadTables tables = LoadTables.create(source, Scale.small())) {
            PgLoad load = PgLoad.on(source, tables);
            assertThatThrownBy(() -> load.transactions(0))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Each client must try at least 1 transaction, but was to try 0."
                            + " A load without transactions shows nothing.");
            assertThatThrownBy(() -> load.lasting(Duration.ZERO))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A load must last more than zero and at most 12 hours, but was to last PT0S."
                            + " Write for example Duration.ofSeconds(2).");
        }
    }
}

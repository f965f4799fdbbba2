// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.Run;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What a test leaves on the server makes it red, and says what it is and what to do; what others leave does not. */
@PostgresTest
class ResidueTest {

    /** Else the driver closes them when the garbage collector comes by, which is told in other words. */
    private static final Queue<Connection> HELD = new ConcurrentLinkedQueue<>();

    @AfterAll
    static void letGo() {
        HELD.clear();
    }

    private static Map<String, String> at(Postgres postgres) {
        return Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow());
    }

    private static String red(Class<?> testCases, Postgres postgres) {
        Inner inner = Inner.run(testCases, at(postgres));
        assertThat(inner.failures().get(0).getSuppressed())
                .as("one thing, one sentence")
                .isEmpty();
        return inner.message();
    }

    private static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Test
    void anOpenTransactionIsNamedWithItsLocksAndItsStatement(Postgres postgres) {
        assertThat(red(TransactionTestCases.class, postgres))
                .contains(
                        "\"ResidueTest$TransactionTestCases.forgets\" must leave nothing on the server, but left an open "
                                + "transaction. End what it began.\n")
                .containsPattern(
                        "\n  left     : an open transaction \\(pid \\d+, connection opened by "
                                + "ResidueTest\\$TransactionTestCases\\.forgets:\\d+\\), begun [\\d.]+m?s ago, which holds "
                                + "RowExclusiveLock on \\S*account.*; its last statement: UPDATE account SET balance = balance \\+ \\$1 WHERE id = \\$2\n")
                .contains("\n  do       : commit it, or roll it back, before the connection is given back\n");
    }

    @PostgresTest
    static class TransactionTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void forgets(DataSource bank) throws SQLException {
            Connection connection = bank.getConnection();
            HELD.add(connection);
            connection.setAutoCommit(false);
            Bank.add(connection, 1, 1);
        }
    }

    @Test
    void aConnectionThatHoldsNothingIsResidueToo(Postgres postgres) {
        assertThat(red(ConnectionTestCases.class, postgres))
                .contains("must leave nothing on the server, but left an open connection. End what it began.\n")
                .containsPattern("\n  left     : a connection that was opened by ResidueTest\\$ConnectionTestCases\\."
                        + "forgets:\\d+ \\(pid \\d+\\); its last statement: SELECT 1\n"
                        + "  do       : close it in the code under test\n");
    }

    @PostgresTest
    static class ConnectionTestCases {
        @Test
        void forgets(DataSource bank) throws SQLException {
            Connection connection = bank.getConnection();
            HELD.add(connection);
            run(connection, "SELECT 1");
        }
    }

    @Test
    void whatThePoolDoesNotSeeIsSeenBeforeItIsClosed(Postgres postgres) {
        assertThat(red(PooledTransactionTestCases.class, postgres))
                .contains("but left an open transaction.")
                .containsPattern(
                        "an open transaction \\(pid \\d+.*\\), begun [\\d.]+m?s ago; its last statement: BEGIN\n");
    }

    @PostgresTest
    static class PooledTransactionTestCases {
        @Test
        void givesBackWithBegin(HikariDataSource pool) throws SQLException {
            try (Connection connection = pool.getConnection()) {
                run(connection, "BEGIN");
            }
        }
    }

    @Test
    void anAdvisoryLockInAPooledSessionIsNamedByItsKey(Postgres postgres) {
        assertThat(red(AdvisoryTestCases.class, postgres))
                .contains("but left an advisory lock.")
                .containsPattern("\n  left     : the advisory lock 7,41 \\(pid \\d+.*\\); "
                        + "its last statement: SELECT pg_advisory_lock\\(7, 41\\)\n"
                        + "  do       : release it with pg_advisory_unlock, or take it with pg_advisory_xact_lock, "
                        + "which ends with the transaction\n");
    }

    @PostgresTest
    static class AdvisoryTestCases {
        @Test
        void forgetsToUnlock(HikariDataSource pool) throws SQLException {
            try (Connection connection = pool.getConnection()) {
                run(connection, "SELECT pg_advisory_lock(7, 41)");
            }
        }
    }

    @Test
    void aTemporaryTableInAPooledSessionIsNamed(Postgres postgres) {
        Inner inner = Inner.run(TemporaryTestCases.class, at(postgres));
        if (Integer.parseInt(postgres.version().replaceFirst("\\D.*", "")) < 16) {
            assertThat(inner.failures())
                    .as("the server does not say whose it is")
                    .isEmpty();
            return;
        }
        assertThat(inner.message())
                .contains("but left a temporary object.")
                .containsPattern("\n  left     : the temporary table basket \\(pid \\d+.*\\)"
                        + "; its last statement: CREATE TEMPORARY TABLE basket \\(item text\\)\n"
                        + "  do       : drop it, or create it with ON COMMIT DROP\n");
    }

    @PostgresTest
    static class TemporaryTestCases {
        @Test
        void leavesATable(HikariDataSource pool) throws SQLException {
            try (Connection connection = pool.getConnection()) {
                run(connection, "CREATE TEMPORARY TABLE basket (item text)");
            }
        }
    }

    @Test
    void aPreparedTransactionIsNamedAndRolledBackSoThatTheSchemaCanBeDropped(Postgres postgres, DataSource server)
            throws SQLException {
        PreparedTestCases.gid = Run.random().unique("it's ");
        assertThat(red(PreparedTestCases.class, postgres))
                .contains("but left a prepared transaction.")
                .containsPattern(
                        "\n  left     : the prepared transaction \"it's .*\", prepared by \\w+ [\\d.]+m?s ago, "
                                + "transaction \\d+\n  do       : end it with COMMIT PREPARED or ROLLBACK PREPARED\n");
        assertThat(Bank.ask(
                        server,
                        "SELECT count(*) FROM pg_prepared_xacts WHERE gid = '"
                                + PreparedTestCases.gid.replace("'", "''") + "'"))
                .isEqualTo("0");
    }

    @PostgresTest
    static class PreparedTestCases {
        private static String gid = "";

        @Test
        @IsolatedSchema("bank.sql")
        void forgetsTheSecondPhase(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, 1);
                run(connection, "PREPARE TRANSACTION '" + gid.replace("'", "''") + "'");
            }
        }
    }

    @Test
    void aBackendThatRunsOnWithoutItsConnectionIsNamedAndEnded(Postgres postgres, DataSource server)
            throws SQLException {
        assertThat(red(BackendTestCases.class, postgres))
                .contains("but left a backend without a connection.")
                .containsPattern("\n  left     : a backend without a connection \\(pid \\d+, connection opened by "
                        + "ResidueTest\\$BackendTestCases.abandons:\\d+\\) that runs on, begun .*s ago; it runs: "
                        + "SELECT pg_sleep\\(45\\)\n  do       : cancel the statement before its connection is closed: "
                        + "Statement.cancel, or a query timeout\n");
        assertThat(Bank.ask(server, "SELECT count(*) FROM pg_stat_activity WHERE pid = " + BackendTestCases.pid))
                .isEqualTo("0");
    }

    @PostgresTest
    static class BackendTestCases {
        private static int pid;

        @Test
        void abandons(DataSource bank, Connection asking) throws SQLException {
            Connection connection = bank.getConnection();
            pid = Integer.parseInt(Bank.ask(connection, "SELECT pg_backend_pid()"));
            CompletableFuture<Void> running = CompletableFuture.runAsync(() -> sleep(connection));
            Awaitility.await("the statement must run")
                    .dontCatchUncaughtExceptions()
                    .atMost(Duration.ofSeconds(40))
                    .until(() -> Bank.ask(
                                    asking,
                                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = "
                                            + pid)
                            .equals("1"));
            connection.abort(Runnable::run);
            assertThat(running).failsWithin(Duration.ofSeconds(30));
        }

        private static void sleep(Connection connection) {
            try {
                run(connection, "SELECT pg_sleep(45)");
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void whatOthersHaveOpenIsNoResidue(Postgres postgres, DataSource server) throws SQLException {
        String other = Run.random().unique("residue");
        String gid = Run.random().unique("neighbour");
        try (Connection here = server.getConnection();
                Connection prepares = server.getConnection();
                Connection admin = server.getConnection()) {
            here.setAutoCommit(false);
            run(here, "SELECT pg_advisory_lock(7, 42), pg_current_xact_id()", "CREATE TEMPORARY TABLE theirs (id int)");
            prepares.setAutoCommit(false);
            run(prepares, "SELECT pg_current_xact_id()", "PREPARE TRANSACTION '" + gid + "'");
            run(admin, "CREATE DATABASE " + other + " TEMPLATE template0");
            String url = postgres.jdbcUrl().replaceFirst("/" + postgres.database() + "\\b", "/" + other);
            try (Connection elsewhere =
                    DriverManager.getConnection(url, postgres.user().orElseThrow(), "")) {
                elsewhere.setAutoCommit(false);
                run(elsewhere, "SELECT pg_current_xact_id()");

                assertThat(Inner.run(CleanTestCases.class, at(postgres)).failures())
                        .isEmpty();
            } finally {
                run(admin, "DROP DATABASE " + other + " WITH (FORCE)", "ROLLBACK PREPARED '" + gid + "'");
                run(here, "SELECT pg_advisory_unlock(7, 42)");
                here.rollback();
            }
        }
    }

    @PostgresTest(autoCommit = false)
    static class CleanTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void whatTheLibraryEndsItselfIsNoResidue(
                DataSource bank, Connection lent, ConnectionGroup group, HikariDataSource pool) throws SQLException {
            Bank.add(lent, 1, 1);
            Bank.add(group.get(0), 2, 1);
            run(group.get(1), "SELECT pg_advisory_lock(7, 43)");
            Bank.ask(bank, "SELECT 1");
            Bank.ask(pool, "SELECT 1");
        }

        @Test
        void aTransactionThatEndsAMomentLater(HikariDataSource pool) throws SQLException {
            Connection connection = pool.getConnection();
            connection.setAutoCommit(false);
            run(connection, "SELECT pg_current_xact_id()");
            new Thread(() -> close(connection), "late").start();
        }

        private static void close(Connection connection) {
            try {
                connection.rollback();
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void aPreparedTransactionThatIsEnded(DataSource bank) throws SQLException {
            String gid = Run.random().unique("ended");
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                run(connection, "SELECT pg_current_xact_id()", "PREPARE TRANSACTION '" + gid + "'");
                connection.setAutoCommit(true);
                run(connection, "ROLLBACK PREPARED '" + gid + "'");
            }
        }

        @Test
        void nothingAtAll() {}
    }

    @Test
    void aPoolThatLivesOnIsToldWhatItsSessionsHold(Postgres postgres) throws SQLException {
        try (HikariDataSource pool = mounted(postgres, Run.random().unique("residue"))) {
            try (Connection before = pool.getConnection()) {
                run(before, "SELECT pg_advisory_lock(7, 44)");
            }
            AttachedTestCases.pool = pool;

            List<Throwable> failures = Inner.run(AttachedTestCases.class).failures();

            assertThat(failures).hasSize(1);
            assertThat(failures.get(0).getMessage())
                    .contains(
                            "\"ResidueTest$AttachedTestCases.leavesALock\" must leave nothing on the server, but left an "
                                    + "advisory lock. End what it began.\n")
                    .contains("the advisory lock 7,45 (pid ")
                    .as("it was there before")
                    .doesNotContain("7,44");
        }
    }

    @PostgresTest(from = "pool")
    static class AttachedTestCases {
        static HikariDataSource pool;

        @Test
        void leavesALock(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                run(connection, "SELECT pg_advisory_lock(7, 45)");
            }
        }

        @Test
        void leavesOnlyIdleConnections(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    private static HikariDataSource mounted(Postgres postgres, String key) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.jdbcUrl());
        config.setUsername(postgres.user().orElseThrow());
        config.setDataSourceProperties(WireMount.of(key).properties());
        config.setMaximumPoolSize(2);
        return new HikariDataSource(config);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Faults at getConnection, leaks, sizes and groups, as a test asks for them. */
@Tag(ChaosTags.RESOURCE)
@PostgresTest
class PoolTest {

    private static Map<String, String> at(Postgres postgres) {
        return Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow());
    }

    @ChaosTest
    @ChaosDelay(value = "120ms", operation = Operation.ACQUIRE, times = 1)
    void aSlowGetConnection(HikariDataSource pool, ChaosScope scope) throws SQLException {
        long began = System.nanoTime();
        assertThat(Bank.ask(pool, "SELECT 1")).isEqualTo("1");

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
        assertThat(scope.fired()).singleElement().asString().contains("at pool:acquire, 1st on lane pool-1");
    }

    @ChaosTest
    @PoolSize(2)
    @ChaosFailure(operation = Operation.ACQUIRE)
    void aPoolWhoseConnectionsAreAllInUseIsTriedAgain(HikariDataSource pool) throws SQLException {
        assertThatThrownBy(pool::getConnection)
                .isInstanceOf(SQLTransientConnectionException.class)
                .hasMessageContaining("Connection is not available, request timed out after 5");
        assertThat(Bank.ask(pool, "SELECT 1")).isEqualTo("1");
    }

    @ChaosTest
    @PoolSize(1)
    void isExhaustedForAWhileAndGoesOn(HikariDataSource pool, ChaosScope scope) throws SQLException {
        assertThat(pool.getMaximumPoolSize()).isEqualTo(1);
        try (Injection none = PoolMount.of(pool).exhaust(scope, 0)) {
            assertThat(none.isActive()).isTrue();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
        }
        assertThat(Bank.ask(pool, "SELECT 1")).isEqualTo("1");
    }

    @Nested
    @PoolSize(3)
    class Sized {

        @Test
        void theClassesSize(HikariDataSource pool, ConnectionGroup group) throws SQLException {
            assertThat(pool.getMaximumPoolSize()).isEqualTo(3);
            Set<String> pids = new HashSet<>();
            for (Connection each : group) {
                pids.add(Bank.ask(each, "SELECT pg_backend_pid()"));
            }
            assertThat(pids).hasSize(3);
        }

        @Test
        @PoolSize(4)
        void theMethodsSizeWins(HikariDataSource pool, ConnectionGroup group) {
            assertThat(pool.getMaximumPoolSize()).isEqualTo(4);
            assertThat(group).hasSize(4);
        }
    }

    @Test
    void withoutASizeTenOfAGroup(ConnectionGroup group, HikariDataSource pool) {
        assertThat(group).hasSize(10);
        assertThat(pool.getMaximumPoolSize()).isEqualTo(10);
    }

    @Test
    void whatAGroupDoesNotCommitIsGone(Postgres postgres) {
        assertThat(Inner.run(RolledBackTestCases.class, at(postgres)).failures())
                .isEmpty();
        assertThat(RolledBackTestCases.group).allMatch(PoolTest::isClosed);
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @PostgresTest(autoCommit = false)
    static class RolledBackTestCases {
        private static List<Connection> group = List.of();

        @Test
        @IsolatedSchema("bank.sql")
        @PoolSize(2)
        void isRolledBack(ConnectionGroup connections, DataSource bank) throws SQLException {
            group = List.copyOf(connections);
            assertThat(connections.get(1).getAutoCommit()).isFalse();
            Bank.add(connections.get(1), 1, 1);
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        }
    }

    @Test
    void aConnectionThatIsNotGivenBackMakesTheTestRedAndNamesWhoBorrowedIt(Postgres postgres) {
        List<Throwable> failures =
                Inner.run(LeakingTestCases.class, at(postgres)).failures();
        assertThat(failures)
                .singleElement()
                .satisfies(
                        failure -> assertThat(
                                        failure.getMessage().lines().findFirst().orElseThrow())
                                .matches(
                                        "PoolTest\\$LeakingTestCases.leaks: ChaosException: Scope \"PoolTest\\$LeakingTestCases.leaks\" must leave no leaked connection, but left a connection of "
                                                + "the pool \"PoolTest\\$LeakingTestCases.leaks\", borrowed by PoolTest\\$LeakyService.pay:\\d+, from "
                                                + "PoolTest\\$LeakingTestCases.leaks:\\d+\\. Close it in the code under test\\."));
        assertThat(failures.get(0).getSuppressed()).as("one leak, one sentence").isEmpty();
    }

    private record LeakyService(DataSource bank) {
        void pay(boolean forget) throws SQLException {
            Connection connection = bank.getConnection();
            if (!forget) {
                connection.close();
            }
        }
    }

    @PostgresTest
    static class LeakingTestCases {
        @Test
        void leaks(HikariDataSource pool) throws SQLException {
            new LeakyService(pool).pay(false);
            new LeakyService(pool).pay(true);
        }
    }

    @Test
    void aTwinThatLeaksMakesTheTestRedToo(Postgres postgres) {
        try (HikariDataSource pool = poolOf(postgres)) {
            LeakingTwinTestCases.pool = pool;
            assertThat(Inner.run(LeakingTwinTestCases.class).message())
                    .contains(
                            "must leave no leaked connection, but left a connection of the pool \"handed-chaos\", borrowed by "
                                    + "PoolTest$LeakyService.pay:");
        }
    }

    @PostgresTest(from = "pool")
    static class LeakingTwinTestCases {
        static HikariDataSource pool;

        @Test
        @PoolSize(7)
        void leaks(DataSource twin, Connection connection, HikariDataSource same) throws SQLException {
            assertThat(connection.isValid(30)).isTrue();
            assertThat(same).isSameAs(twin);
            assertThat(same.getMaximumPoolSize()).isEqualTo(7);
            assertThat(pool.getMaximumPoolSize()).isEqualTo(2);
            new LeakyService(twin).pay(true);
        }
    }

    private static HikariDataSource poolOf(Postgres postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.jdbcUrl());
        config.setUsername(postgres.user().orElseThrow());
        config.setPoolName("handed");
        config.setMaximumPoolSize(2);
        config.setConnectionTimeout(30_000);
        return new HikariDataSource(config);
    }

    @Test
    void aFaultAtGetConnectionWithoutAPoolIsToldWhatToDo(Postgres postgres) {
        List<Throwable> failures =
                Inner.run(PoolLessTestCases.class, at(postgres)).failures();
        assertThat(failures)
                .singleElement()
                .satisfies(
                        failure -> assertThat(failure.getMessage())
                                .contains(
                                        "A fault at getConnection of PoolTest$PoolLessTestCases.isNotStruck must have a pool to strike, but "
                                                + "the test has none. Add a HikariDataSource parameter, and have the code under test use it."));
    }

    @PostgresTest
    static class PoolLessTestCases {
        @Test
        @ChaosDelay(value = "1ms", operation = Operation.ACQUIRE)
        void isNotStruck(DataSource bank) {
            throw new AssertionError("ran with " + bank);
        }

        @Test
        @ChaosDelay(value = "1ms", operation = Operation.ACQUIRE, mayMiss = true)
        void mayMiss(DataSource bank) throws SQLException {
            assertThat(Bank.ask(bank, "SELECT 1")).isEqualTo("1");
        }
    }

    @Nested
    class APoolFromBeforeEach {
        private HikariDataSource pool;

        @BeforeEach
        void keep(HikariDataSource forAll) {
            pool = forAll;
        }

        @Test
        @ChaosDelay(value = "1ms", operation = Operation.ACQUIRE)
        void isStruckToo(ChaosScope scope) throws SQLException {
            assertThat(Bank.ask(pool, "SELECT 1")).isEqualTo("1");
            assertThat(scope.fired()).hasSize(1);
        }
    }

    @Test
    void whatATestMakesOfASessionOfAnAttachedPoolStaysInTheTest(Postgres postgres) throws SQLException {
        try (HikariDataSource pool = attached(postgres)) {
            AttachedTestCases.pool = pool;
            String before = Bank.ask(pool, "SELECT pg_backend_pid()");
            Inner inner = Inner.run(AttachedTestCases.class);

            assertThat(inner.failures())
                    .hasSize(2)
                    .anySatisfy(failure -> assertThat(failure.getMessage())
                            .contains(
                                    "@PoolSize of PoolTest$AttachedTestCases.cantBeSized must have a HikariDataSource "
                                            + "parameter that is the test's own, but the pool is attached to as it is. Hand over one "
                                            + "without socketFactory, which gets a twin."))
                    .anySatisfy(failure -> assertThat(failure.getMessage())
                            .contains("A fault at getConnection of PoolTest$AttachedTestCases.cantBeStruck must have a "
                                    + "HikariDataSource parameter that is the test's own, but the pool is attached to as it "
                                    + "is. Hand over one without socketFactory, which gets a twin, or take a DataSource "
                                    + "parameter."));
            assertThat(inner.succeeded()).isEqualTo(4);
            assertThat(Bank.ask(pool, "SHOW search_path")).isEqualTo("public, pg_catalog");
            assertThat(Bank.ask(pool, "SELECT count(*) FROM pg_locks WHERE objid = 4714"))
                    .isEqualTo("0");
            assertThat(Bank.ask(pool, "SELECT pg_backend_pid()")).isNotEqualTo(before);
        } finally {
            WireMount.of("PoolTest").close();
        }
    }

    private static HikariDataSource attached(Postgres postgres) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(postgres.jdbcUrl());
        config.setUsername(postgres.user().orElseThrow());
        config.addDataSourceProperty("socketFactory", "dev.chaostest.postgres.wire.ChaosSocketFactory");
        config.addDataSourceProperty("socketFactoryArg", "PoolTest");
        config.setConnectionInitSql("SET search_path = public, pg_catalog");
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(30_000);
        return new HikariDataSource(config);
    }

    @PostgresTest(from = "pool")
    static class AttachedTestCases {
        static HikariDataSource pool;

        @Test
        void changesItsSession(Connection connection) throws SQLException {
            Bank.ask(connection, "SELECT pg_advisory_lock(4714)");
            Bank.ask(connection, "SELECT set_config('search_path', 'nowhere', false)");
        }

        @Test
        void leavesItAsItIs(Connection connection) throws SQLException {
            assertThat(Bank.ask(connection, "SHOW search_path")).isEqualTo("public, pg_catalog");
        }

        @Test
        @ChaosFailure(sqlState = "08001", operation = Operation.ACQUIRE)
        void isStruckInFront(DataSource bank) throws SQLException {
            SQLException refused = catchThrowableOfType(SQLException.class, bank::getConnection);
            assertThat(refused.getSQLState()).isEqualTo("08001");
            assertThat(Bank.ask(bank, "SELECT 1")).isEqualTo("1");
        }

        @Test
        @ChaosFailure(operation = Operation.ACQUIRE)
        void cantBeStruck(HikariDataSource itself) {
            throw new AssertionError("ran with " + itself);
        }

        @Test
        @PoolSize(3)
        void cantBeSized(HikariDataSource itself) {
            throw new AssertionError("ran with " + itself);
        }

        @Test
        @PoolSize(1)
        void isOfOne(ConnectionGroup group, DataSource bank) throws SQLException {
            Bank.ask(group.get(0), "SELECT set_config('search_path', 'nowhere', false)");
            assertThat(bank).isSameAs(pool);
            assertThat(group.get(0).getClass().getName()).startsWith("com.zaxxer.hikari.pool.");
        }
    }
}

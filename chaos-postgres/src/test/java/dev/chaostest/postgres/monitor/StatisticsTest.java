// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.ds.PGSimpleDataSource;

/** Numbers of a database, of a backend, of a pool, of replication; in a database of its own. */
@Timeout(120)
class StatisticsTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private Sessions sessions;
    private PGSimpleDataSource alone;

    @BeforeEach
    void open() throws SQLException {
        sessions = new Sessions();
        Sessions.run(sessions.open("admin"), "CREATE DATABASE " + sessions.schema() + " TEMPLATE template0");
        alone = Sessions.source();
        alone.setDatabaseName(sessions.schema());
    }

    @AfterEach
    void close() throws SQLException {
        Sessions.run(sessions.open("last"), "DROP DATABASE " + sessions.schema() + " WITH (FORCE)");
        sessions.close();
    }

    @Test
    void whatASessionThatWasFlushedDidIsCounted() throws Exception {
        try (Connection working = alone.getConnection()) {
            DatabaseStatistics counted = DatabaseStatistics.around(alone, () -> {
                working.setAutoCommit(false);
                for (int i = 0; i < 3; i++) {
                    Sessions.run(working, "SELECT 1");
                    working.rollback();
                }
                working.setAutoCommit(true);
                Sessions.run(
                        working,
                        "SET work_mem = '64kB'",
                        "SELECT count(*) FROM (SELECT DISTINCT n FROM generate_series(1, 100000) n) d");
                DatabaseStatistics.flush(working);
            });

            assertThat(counted.rollbacks()).isEqualTo(3);
            assertThat(counted.commits()).isGreaterThanOrEqualTo(2);
            assertThat(counted.tempFiles()).isPositive();
            assertThat(counted.tempBytes()).isPositive();
            assertThat(counted.deadlocks()).isZero();
            assertThat(counted).asString().contains("3 rollbacks").contains(" bytes in temporary files");
        }
    }

    @Test
    void aSessionThatEndsDeliversADeadlock() throws Exception {
        DatabaseStatistics before = DatabaseStatistics.read(alone);
        alone.setOptions("-c deadlock_timeout=10ms -c statement_timeout=60s");
        try (Connection one = alone.getConnection();
                Connection two = alone.getConnection()) {
            // The second is the victim: what the first would leave locked, the second would wait for in vain.
            Sessions.run(one, "SET deadlock_timeout = '10min'", "SELECT pg_advisory_lock(1)");
            Sessions.run(two, "SET lock_timeout = '30s'", "SELECT pg_advisory_lock(2)");
            sessions.start(one, "SELECT pg_advisory_lock(2)");
            try (Connection asking = alone.getConnection()) {
                Sessions.awaitPulse(asking, Pulse::isWaiting);
            }
            assertThatThrownBy(() -> Sessions.run(two, "SELECT pg_advisory_lock(1)"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            victim -> assertThat(victim.getSQLState()).isEqualTo("40P01"));
        }
        DatabaseStatistics since = DatabaseStatistics.await(alone, before, now -> now.deadlocks() > 0, DEADLINE);

        assertThat(since.deadlocks()).isEqualTo(1);
        assertThat(DatabaseStatistics.between(before, DatabaseStatistics.read(alone))
                        .deadlocks())
                .isEqualTo(1);
    }

    @Test
    void whatDoesNotComeIsToldInTime() throws SQLException {
        DatabaseStatistics before = DatabaseStatistics.read(alone);

        assertThatThrownBy(() ->
                        DatabaseStatistics.await(alone, before, now -> now.deadlocks() > 0, Duration.ofMillis(20)))
                .isInstanceOf(ChaosException.class)
                .message()
                .matches("The statistics of the database must show what is waited for within 20ms, but showed .*\\. "
                        + "A session delivers its numbers when it ends: close the connections, or flush them\\.");
    }

    @Test
    void anOrdinaryRoleReadsThemToo() throws SQLException {
        try (Connection connection = alone.getConnection()) {
            String role = sessions.schema();
            Sessions.run(connection, "CREATE ROLE " + role, "SET ROLE " + role);
            assertThat(DatabaseStatistics.read(connection).commits()).isPositive();
            assertThatThrownBy(() -> BackendMemory.of(connection))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getSQLState()).isEqualTo("42501"));
            Sessions.run(connection, "RESET ROLE", "DROP ROLE " + role);
        }
    }

    @Test
    void aBackendSaysHowMuchMemoryItHas() throws SQLException {
        try (Connection connection = alone.getConnection()) {
            BackendMemory before = BackendMemory.of(connection);
            connection.setAutoCommit(false);
            Sessions.run(
                    connection,
                    "DECLARE big CURSOR FOR SELECT n FROM generate_series(1, 200000) n ORDER BY md5(n::text)",
                    "SET work_mem = '64MB'",
                    "FETCH 1 FROM big");
            BackendMemory during = BackendMemory.of(connection);

            assertThat(during.totalBytes() - before.totalBytes()).isGreaterThan(1_000_000);
            assertThat(during.usedBytes()).isLessThanOrEqualTo(during.totalBytes());
            assertThat(before.largest()).hasSize(10);
            assertThat(before.largest().get(0).totalBytes()).isPositive();
        }
    }

    @Test
    void aPoolSaysHowManyAreBorrowed() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(alone);
        config.setPoolName("bank");
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection one = pool.getConnection()) {
            assertThat(one.isValid(30)).isTrue();
            PoolState state = PoolState.of(pool).orElseThrow();
            assertThat(state.active()).isEqualTo(1);
            assertThat(state.max()).isEqualTo(2);
            assertThat(state.isExhausted()).isFalse();
            try (Connection two = pool.getConnection()) {
                assertThat(two.isValid(30)).isTrue();
                assertThat(PoolState.of(pool).orElseThrow().isExhausted()).isTrue();
                assertThat(PoolState.of(pool).orElseThrow())
                        .hasToString("pool \"bank\": 2 of 2 borrowed, 0 idle, 0 waiting");
            }
        }
        assertThat(PoolState.of(alone)).as("no pool").isEmpty();
    }

    @Test
    void aSlotIsSeenAlsoByAnOrdinaryRole() throws SQLException {
        String slot = sessions.schema();
        try (Connection connection = alone.getConnection()) {
            Sessions.run(connection, "SELECT pg_create_physical_replication_slot('" + slot + "', true)");
            Sessions.run(connection, "CREATE ROLE " + slot, "SET ROLE " + slot);
            try {
                List<Replication.Slot> slots = Replication.read(connection).slots().stream()
                        .filter(each -> each.name().equals(slot))
                        .toList();
                assertThat(slots).singleElement().satisfies(each -> {
                    assertThat(each.type()).isEqualTo("physical");
                    assertThat(each.activePid()).isEmpty();
                    assertThat(each.restart()).isPresent();
                    assertThat(each.walStatus()).contains("reserved");
                    assertThat(each.retainedBytes()).isNotNegative();
                });
            } finally {
                Sessions.run(
                        connection,
                        "RESET ROLE",
                        "DROP ROLE " + slot,
                        "SELECT pg_drop_replication_slot('" + slot + "')");
            }
        }
    }
}

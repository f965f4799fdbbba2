// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class TestPoolTest {

    @Test
    void itHasTheSettingsThatItPromises() {
        PGSimpleDataSource unpooled = IsolationTestServer.admin();
        TestPool pool = TestPool.of(unpooled, 2, "small");
        try (pool) {
            assertThat(new Sql(pool.dataSource()).column("SELECT 1")).containsExactly("1");
            assertThat(pool.dataSource()).isInstanceOfSatisfying(HikariDataSource.class, hikari -> {
                assertThat(hikari.getMaximumPoolSize()).isEqualTo(2);
                assertThat(hikari.getMinimumIdle()).isZero();
                assertThat(hikari.getConnectionTimeout()).isEqualTo(5000);
                assertThat(hikari.getPoolName()).isEqualTo("small");
                assertThat(hikari.isRegisterMbeans()).isFalse();
            });
            assertThat(unpooled.getLoginTimeout()).isZero();
        }
        pool.close();
        assertThat(pool.dataSource())
                .isInstanceOfSatisfying(
                        HikariDataSource.class,
                        hikari -> assertThat(hikari.isClosed()).isTrue());
    }

    @Test
    void itConnectsAtFirstUseOnly() {
        DriverSettings nowhere = DriverSettings.of("jdbc:postgresql://127.0.0.1:1/none", "x", null)
                .withProperties(Map.of("connectTimeout", "1"));
        try (TestPool pool = TestPool.of(nowhere.unpooled(), 1, "lazy")) {
            assertThat(pool.dataSource()).isNotNull();
        }
    }

    @Test
    void aPoolOfNothingIsRefused() {
        assertThatThrownBy(() -> TestPool.of(IsolationTestServer.admin(), 0, "none"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The size of a pool must be at least 1, but was 0. Use the unpooled one instead.");
    }
}

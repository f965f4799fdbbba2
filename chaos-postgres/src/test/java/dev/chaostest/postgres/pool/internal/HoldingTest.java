// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ledger.Ledger;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is said when a pool does not give what is to be held. */
class HoldingTest {

    private static HikariDataSource pool(String url) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url);
        pool.setUsername("postgres");
        pool.setPoolName("held");
        pool.setMaximumPoolSize(2);
        pool.setMinimumIdle(0);
        pool.setConnectionTimeout(250);
        pool.setInitializationFailTimeout(-1);
        return pool;
    }

    /** Connecting may take longer than a caller is to wait when all are in use: both are open behind it. */
    private static Connection first(HikariDataSource pool) throws SQLException {
        Connection first = any(pool);
        any(pool).close();
        return first;
    }

    private static Connection any(HikariDataSource pool) {
        return Patience.await().ignoreExceptions().until(pool::getConnection, Connection.class::isInstance);
    }

    private static Holding holding(HikariDataSource pool) {
        Backing backing = new HikariBacking(pool, pool::getConnection, left -> pool.getConnection());
        return new Holding(
                backing, new Holding.Wish("leaked from", 2, false), new Ledger(System::nanoTime), over -> {});
    }

    @Test
    void othersHaveThem() throws SQLException {
        try (HikariDataSource pool = pool(IsolationTestServer.url());
                Connection other = first(pool);
                Holding holding = holding(pool)) {
            assertThat(other.isValid(30)).isTrue();
            assertThatThrownBy(() -> holding.start(Duration.ofSeconds(1)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("the pool \"held\" must give 2 connections to be held, but gave 1, not more within 1s. "
                            + "Hold fewer, or have the others give theirs back first.")
                    .hasCauseInstanceOf(SQLTransientConnectionException.class);
            holding.close();
            assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isEqualTo(1);
        }
    }

    @Test
    void nobodyListens() {
        try (HikariDataSource pool = pool("jdbc:postgresql://127.0.0.1:1/postgres");
                Holding holding = holding(pool)) {
            assertThatThrownBy(() -> holding.start(Duration.ofSeconds(1)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageStartingWith(
                            "the pool \"held\" must give 2 connections to be held, but gave 0, not more");
        }
    }

    @Test
    void thePoolIsClosed() throws SQLException {
        HikariDataSource pool = pool(IsolationTestServer.url());
        first(pool).close();
        pool.close();
        try (Holding holding = holding(pool)) {
            assertThatThrownBy(() -> holding.start(Duration.ofSeconds(10)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "the pool \"held\" must give 2 connections to be held, but gave 0, then it failed. See the "
                                    + "cause.")
                    .hasRootCauseMessage("HikariDataSource HikariDataSource (held) has been closed.");
        }
    }

    @Test
    void anInterruptEndsTheWaitForThem() throws SQLException {
        try (HikariDataSource pool = pool(IsolationTestServer.url());
                Connection other = first(pool);
                Holding holding = holding(pool)) {
            assertThat(other.isValid(30)).isTrue();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> holding.start(Duration.ofSeconds(10)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "the pool \"held\" must give connections to be held, but the wait for them was interrupted. "
                                    + "Try again.");
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}

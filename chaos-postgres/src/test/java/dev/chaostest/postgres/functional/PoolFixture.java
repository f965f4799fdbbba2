// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.pool.Twin;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A pool with the seam, and one of HikariCP's own with the same settings to compare with. */
final class PoolFixture implements AutoCloseable {

    private final HikariDataSource plain = new HikariDataSource();
    private final Twin twin;

    PoolFixture(int size, Duration timeout) {
        this(WireTestServer.url(), size, timeout);
    }

    PoolFixture(String url, int size, Duration timeout) {
        plain.setJdbcUrl(url);
        plain.setUsername("postgres");
        plain.setPoolName("bank");
        settings(plain, size, timeout);
        twin = Twin.of(plain, Map.of());
    }

    /** Its connections are open: nobody need wait for one to be made, however slow the machine is, only who is refused waits. */
    static PoolFixture warm(int size, Duration timeout) {
        PoolFixture fixture = new PoolFixture(size, timeout);
        for (HikariDataSource each : List.of(fixture.plain(), fixture.pool())) {
            Patience.await()
                    .ignoreExceptionsInstanceOf(ChaosException.class) // a connect took longer than the pool waits
                    .until(() -> {
                        ConnectionGroup.open(each, size).close();
                        return true;
                    });
        }
        return fixture;
    }

    private static void settings(HikariConfig config, int size, Duration timeout) {
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(timeout.toMillis());
        config.setInitializationFailTimeout(-1);
    }

    /** Never with a seam. */
    HikariDataSource plain() {
        return plain;
    }

    HikariDataSource pool() {
        return (HikariDataSource) twin.dataSource();
    }

    PoolMount mount() {
        return PoolMount.of(pool());
    }

    HikariPoolMXBean numbers() {
        return pool().getHikariPoolMXBean();
    }

    /** An armed scope. */
    ChaosScope arm(Rule... rules) {
        ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7), rules));
        scope.arm(mount().mount());
        return scope;
    }

    List<Connection> borrow(int count) throws SQLException {
        return borrow(pool(), count);
    }

    static List<Connection> borrow(HikariDataSource from, int count) throws SQLException {
        List<Connection> borrowed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            borrowed.add(from.getConnection());
        }
        return borrowed;
    }

    static void giveBack(List<Connection> borrowed) throws SQLException {
        for (Connection each : borrowed) {
            each.close();
        }
    }

    static List<String> answers(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    static List<String> notes(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }

    static long hits(ChaosScope scope) {
        return scope.round().decisions().seen().getOrDefault(new Site("pool", "acquire"), 0L);
    }

    /** With every number made the same, and the pool's name. */
    static String shape(Throwable thrown) {
        return String.valueOf(thrown.getMessage()).replaceAll("\\d+", "0").replace("bank-chaos", "bank");
    }

    @Override
    public void close() {
        twin.close();
        plain.close();
    }
}

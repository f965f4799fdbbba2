// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.hits;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tracing tools wrap everything, often several at once; for the server, and for the seam, that changes nothing. */
@Timeout(120)
class StackedProxiesTest {

    private static final List<Class<?>> WRAPPED = List.of(
            CallableStatement.class, PreparedStatement.class, Statement.class, Connection.class, ResultSet.class);

    private final AtomicLong calls = new AtomicLong();

    /** Wraps it and everything that it gives, and counts what is called. */
    private <T> T traced(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                StackedProxiesTest.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    calls.incrementAndGet();
                    try {
                        Object result = method.invoke(target, arguments);
                        boolean isWrapped = WRAPPED.contains(method.getReturnType());
                        return result == null || !isWrapped ? result : traced(method.getReturnType(), result);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }

    private static HikariDataSource pool(WireFixture bank) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url() + "?currentSchema=" + bank.schema());
        config.setUsername("postgres");
        config.setDataSourceProperties(bank.wire().properties());
        config.setMaximumPoolSize(1);
        return new HikariDataSource(config);
    }

    private static void use(DataSource source) throws Exception {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement update = connection.prepareStatement("UPDATE account SET balance = ? WHERE id = ?");
                    Statement plain = connection.createStatement()) {
                for (int id = 1; id <= 7; id++) {
                    update.setInt(1, id);
                    update.setInt(2, id);
                    update.executeUpdate();
                }
                for (int id = 1; id <= 3; id++) {
                    update.setInt(1, id);
                    update.setInt(2, id);
                    update.addBatch();
                }
                update.executeBatch();
                plain.setFetchSize(2);
                try (ResultSet rows = plain.executeQuery("SELECT id FROM account")) {
                    while (rows.next()) {
                        assertThat(rows.getInt(1)).isPositive();
                    }
                }
            }
            connection.commit();
        }
    }

    @Test
    void statementIsOneHitHoweverManyProxiesStandAbove() throws Exception {
        try (WireFixture bank = new WireFixture();
                HikariDataSource pool = pool(bank)) {
            pool.getConnection().close();
            DataSource once = traced(DataSource.class, pool);
            DataSource twice = traced(DataSource.class, once);
            DataSource thrice = traced(DataSource.class, twice);
            for (DataSource source : List.of(pool, once, thrice)) {
                long before = calls.get();
                try (WireFixture.Armed armed = bank.arm()) {
                    use(source);
                    assertThat(armed.hits("UPDATE account SET balance = $1 WHERE id = $2"))
                            .isEqualTo(10);
                    assertThat(armed.hits("SELECT id FROM account")).isOne();
                    assertThat(armed.hits("BEGIN")).isOne();
                    assertThat(armed.hits("COMMIT")).isOne();
                    assertThat(armed.hits("ROLLBACK")).isZero();
                    assertThat(armed.round().decisions().lanes()).isOne();
                }
                assertThat(calls.get() - before > 100).as("proxies were called").isEqualTo(source == thrice);
            }
        }
    }
}

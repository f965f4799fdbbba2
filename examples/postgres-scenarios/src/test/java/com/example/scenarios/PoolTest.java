// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.inTransaction;
import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PoolSize;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.pool.HeldConnections;
import dev.chaostest.postgres.pool.PoolExhauster;
import dev.chaostest.postgres.pool.TestPool;
import dev.chaostest.postgres.wire.ForcedRetry;
import dev.chaostest.work.Outcomes;
import dev.chaostest.work.Workers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that run out, are refused, time out, and come back. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.RESOURCE)
class PoolTest {

    @ChaosTest
    @PoolSize(3)
    void connectionsOfOnePoolAreSessionsOfTheirOwn(ConnectionGroup group) throws SQLException {
        assertThat(group)
                .extracting(connection -> number(connection, "SELECT pg_backend_pid()"))
                .hasSize(3)
                .doesNotHaveDuplicates();
    }

    @ChaosTest
    @PoolSize(1)
    void aConnectionThatIsGivenBackIsUsedAgain(HikariDataSource shop) throws SQLException {
        assertThat(number(shop, "SELECT pg_backend_pid()")).isEqualTo(number(shop, "SELECT pg_backend_pid()"));
    }

    @ParameterizedTest
    @CsvSource({"no_such_database, postgres, 3D000", "postgres, no_such_role, 28000"})
    void aWrongDatabaseOrRoleIsRefused(String database, String role, String refused, Postgres server) {
        String url = "jdbc:postgresql://" + server.host() + ":" + server.port() + "/" + database;

        assertThat(state(() -> DriverManager.getConnection(url, role, ""))).isEqualTo(refused);
    }

    @ChaosTest
    void aSlowStatementIsCancelledByItsTimeout(DataSource shop) throws SQLException {
        try (Connection connection = shop.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = '50ms'");

            assertThat(state(() -> statement.execute("SELECT pg_sleep(30)"))).isEqualTo("57014");
            assertThat(number(connection, "SELECT 1")).as("the session goes on").isEqualTo(1);
        }
    }

    @ChaosTest
    void aPoolWorksOnAfterAFailedQuery(HikariDataSource shop) throws SQLException {
        for (int i = 0; i < 20; i++) {
            assertThat(state(() -> number(shop, "SELECT nonsense"))).isEqualTo("42703");
        }

        assertThat(number(shop, "SELECT 1")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 10, 20})
    void aPoolNeverLendsMoreThanItHas(int size, DataSource shop) throws Exception {
        AtomicInteger lent = new AtomicInteger();
        try (TestPool pool = TestPool.of(shop, size, "small")) {
            Outcomes<Integer> peaks = Workers.of(size + 5).call(worker -> {
                try (Connection connection = pool.dataSource().getConnection()) {
                    int now = lent.incrementAndGet();
                    number(connection, "SELECT 1");
                    lent.decrementAndGet();
                    return now;
                }
            });

            assertThat(peaks.values()).hasSize(size + 5).allMatch(peak -> peak <= size);
        }
    }

    @ChaosTest
    @PoolSize(2)
    void anExhaustedPoolRefusesAndLendsAgain(ChaosScope scope, HikariDataSource shop) throws SQLException {
        shop.setConnectionTimeout(2_000);
        try (HeldConnections all = PoolExhauster.of(shop).hold(scope)) {
            assertThat(all.report().peak()).isEqualTo(2);
            assertThatThrownBy(shop::getConnection).isInstanceOf(SQLTransientConnectionException.class);
        }

        assertThat(number(shop, "SELECT 1")).isEqualTo(1);
    }

    @ChaosTest
    void threeTransactionsThatMustBeRetriedAreRetried(ChaosScope scope, DataSource shop) throws SQLException {
        scope.inject(ForcedRetry.times(3));

        int attempts = 1;
        while (state(() -> inTransaction(shop, it -> run(it, "INSERT INTO branch VALUES ('retried')")))
                .equals("40001")) {
            attempts++;
        }

        assertThat(attempts).isEqualTo(4);
        assertThat(number(shop, "SELECT count(*) FROM branch WHERE name = 'retried'"))
                .isEqualTo(1);
    }
}

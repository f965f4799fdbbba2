// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;

/** What the matrix of states leaves out: statements without a transaction, and connections that died in the pool. */
@Timeout(120)
class RealAndInjectedTest {

    private static final String STATEMENT = "UPDATE account SET balance = 5 WHERE id = 1";

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    /** Each statement is a transaction of its own, and the session is idle behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"23505", "40001", "57014", "0A000", "53200"})
    void errorInAutocommitLeavesAnIdleSession(String state) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(failing(state))) {
            SQLException thrown =
                    catchThrowableOfType(SQLException.class, () -> WireTestServer.run(connection, STATEMENT));
            assertThat(thrown.getSQLState()).isEqualTo(state);
            assertThat(session(connection)).isEqualTo("idle");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    /** A session that the server ended while it idled is given out again, unless it has idled for half a second. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void poolTriesOnlyConnectionsThatHaveIdled(boolean atOnce) throws SQLException {
        try (HikariDataSource pool = pool(new Properties())) {
            Connection used = pool.getConnection();
            int pid = used.unwrap(PGConnection.class).getBackendPID();
            long kept = System.nanoTime();
            used.close();
            long returned = System.nanoTime();
            try (Connection other = WireTestServer.direct()) {
                WireTestServer.read(other, "SELECT pg_terminate_backend(" + pid + ", 5000)");
            }
            if (!atOnce) {
                Patience.await().until(() -> System.nanoTime() - returned > 600_000_000L);
            }
            long idled = System.nanoTime() - returned;
            try (Connection next = pool.getConnection()) {
                long idledAtMost = System.nanoTime() - kept;
                boolean same = next.unwrap(PGConnection.class).getBackendPID() == pid;
                if (idledAtMost < 500_000_000L) {
                    assertThat(same).isTrue();
                } else if (idled > 510_000_000L) {
                    assertThat(same).isFalse();
                } // else nobody knows, on a machine that is slow just now
            }
        }
    }

    private static Rule failing(String state) {
        return Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of(state));
    }

    private static String session(Connection connection) throws SQLException {
        if (connection.isClosed()) {
            return "gone";
        }
        return switch (connection.unwrap(BaseConnection.class).getTransactionState()) {
            case IDLE -> "idle";
            case OPEN -> "open";
            case FAILED -> "failed";
        };
    }

    private HikariDataSource pool(Properties driver) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(WireTestServer.url());
        config.setUsername("postgres");
        config.setSchema(bank.schema());
        config.setMaximumPoolSize(1);
        config.setDataSourceProperties(driver);
        return new HikariDataSource(config);
    }
}

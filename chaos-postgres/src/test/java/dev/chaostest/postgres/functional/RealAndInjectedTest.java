// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.core.BaseConnection;
import org.postgresql.util.PSQLException;

/** What a planned state leaves behind, beside what the same state leaves when its real cause has come about. */
@Timeout(30)
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

    /**
     * What a caller with a pool sees.
     *
     * @param state the exception's
     * @param session idle, open, failed or gone
     * @param evicted whether the pool gives another connection next
     */
    private record Outcome(String state, String session, boolean evicted) {}

    /** The second column brings the state about; several statements, the last of which fails. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "0A000 | SELECT count(*) FROM account FOR UPDATE",
                "22012 | SELECT 1 / 0",
                "22P02 | SELECT 'x'::int",
                "22003 | SELECT 70000::smallint",
                "23502 | INSERT INTO account VALUES (77, NULL)",
                "23503 | CREATE TEMP TABLE p (i int PRIMARY KEY); CREATE TEMP TABLE c (i int REFERENCES p);"
                        + " INSERT INTO c VALUES (1)",
                "23505 | INSERT INTO account VALUES (1, 1)",
                "23514 | CREATE TEMP TABLE k (i int CHECK (i > 0)); INSERT INTO k VALUES (0)",
                "23P01 | CREATE TEMP TABLE x (r int4range, EXCLUDE USING gist (r WITH &&));"
                        + " INSERT INTO x VALUES ('[1,3)'), ('[2,4)')",
                "25001 | SELECT 1; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
                "25006 | SET TRANSACTION READ ONLY; UPDATE account SET balance = 1",
                "26000 | EXECUTE nothing_of_that_name",
                "34000 | FETCH nothing_of_that_name",
                "42601 | SELEC",
                "42703 | SELECT nothing_of_that_name FROM account",
                "42P01 | SELECT 1 FROM nothing_of_that_name",
                "42883 | SELECT nothing_of_that_name()",
                "54023 | SELECT abs({101 times 1})",
                "55000 | CREATE TEMP SEQUENCE s; SELECT currval('s')",
                "57014 | SET LOCAL statement_timeout = '1ms'; SELECT pg_sleep(60)",
                "58P01 | COPY account FROM '/nothing/of/that/name'",
            })
    void errorInATransactionLeavesTheSameBehind(String state, String cause) throws SQLException {
        Outcome real = real(state, connection -> {
            for (String sql : cause.split("; ", -1)) {
                run(connection, sql.replace("{101 times 1}", "1" + ",1".repeat(100)));
            }
        });
        assertThat(injected(state)).isEqualTo(real);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"57P01", "25P03"})
    void endOfASessionLeavesTheSameBehind(String state) throws SQLException {
        Outcome real = real(state, connection -> {
            if (state.equals("57P01")) {
                run(connection, "SELECT pg_terminate_backend(pg_backend_pid())");
            } else {
                run(connection, "SET idle_in_transaction_session_timeout = '1ms'");
                awaitGone(connection);
                run(connection, "SELECT 1");
            }
        });
        assertThat(real).isEqualTo(new Outcome(state, "gone", true));
        assertThat(injected(state)).isEqualTo(real);
    }

    /** A role that may not connect at all meets what a full server says, but for the words. */
    @Test
    void refusedConnectIsTheSame() throws SQLException {
        String role = bank.schema() + "_nobody";
        PSQLException real;
        try (Connection admin = WireTestServer.direct()) {
            WireTestServer.run(admin, "CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 0");
            real = catchThrowableOfType(
                    PSQLException.class, () -> DriverManager.getConnection(WireTestServer.url(), role, null));
            WireTestServer.run(admin, "DROP ROLE " + role);
        }
        try (var armed = bank.arm(Rule.of(SqlTarget.on("connect"), Trigger.nth(1), ServerError.of("53300")))) {
            PSQLException forged = catchThrowableOfType(PSQLException.class, bank::connect);
            assertThat(forged.getSQLState()).isEqualTo(real.getSQLState()).isEqualTo("53300");
            assertThat(forged.getServerErrorMessage().getSeverity())
                    .isEqualTo(real.getServerErrorMessage().getSeverity());
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    /** Where no cause is cheap: the state comes back, the transaction is aborted, and the pool does what it says it does. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "08000, failed, true",
        "08003, failed, true",
        "08006, gone, true",
        "08007, failed, true",
        "08P01, failed, true",
        "25P02, failed, false",
        "40001, failed, false",
        "40002, failed, false",
        "40003, failed, false",
        "40P01, failed, false",
        "42501, failed, false",
        "53100, failed, false",
        "53200, failed, false",
        "53400, failed, false",
        "54001, failed, false",
        "55006, failed, false",
        "55P03, failed, false",
        "57P02, gone, true",
        "57P04, gone, true",
        "57P05, gone, true",
        "25P04, gone, true",
        "58030, failed, false",
        "XX000, failed, false",
        "XX001, failed, false",
    })
    void stateWithoutACheapCause(String state, String session, boolean evicted) throws SQLException {
        assertThat(injected(state)).isEqualTo(new Outcome(state, session, evicted));
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
            used.close();
            long returned = System.nanoTime();
            try (Connection other = WireTestServer.direct()) {
                WireTestServer.read(other, "SELECT pg_terminate_backend(" + pid + ", 5000)");
            }
            if (!atOnce) {
                org.awaitility.Awaitility.await().until(() -> System.nanoTime() - returned > 600_000_000L);
            }
            try (Connection next = pool.getConnection()) {
                boolean same = next.unwrap(PGConnection.class).getBackendPID() == pid;
                boolean late = System.nanoTime() - returned > 450_000_000L;
                assertThat(same).isEqualTo(atOnce && !late);
            }
        }
    }

    private Outcome injected(String state) throws SQLException {
        Consumer<Connection> statement = connection -> run(connection, STATEMENT);
        String session;
        try (Connection connection = bank.connect();
                var armed = bank.arm(failing(state))) {
            session = sessionBehind(connection, state, statement);
            assertThat(armed.round().mismatches()).isEmpty();
        }
        try (HikariDataSource pool = pool(bank.wire().properties());
                var armed = bank.arm(failing(state))) {
            boolean evicted = isEvicted(pool, statement);
            assertThat(armed.fired()).hasSize(1);
            assertThat(armed.round().mismatches()).isEmpty();
            return new Outcome(state, session, evicted);
        }
    }

    private static Rule failing(String state) {
        return Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of(state));
    }

    private Outcome real(String state, Consumer<Connection> cause) throws SQLException {
        try (Connection connection = past();
                HikariDataSource pool = pool(new Properties())) {
            return new Outcome(state, sessionBehind(connection, state, cause), isEvicted(pool, cause));
        }
    }

    /** Without a pool, which would close the connection in the background. */
    private static String sessionBehind(Connection connection, String state, Consumer<Connection> action)
            throws SQLException {
        connection.setAutoCommit(false);
        assertThat(catchThrowableOfType(Failed.class, () -> action.accept(connection)).state)
                .isEqualTo(state);
        return session(connection);
    }

    private static boolean isEvicted(HikariDataSource pool, Consumer<Connection> action) throws SQLException {
        int first;
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            first = connection.unwrap(PGConnection.class).getBackendPID();
            assertThat(catchThrowableOfType(Failed.class, () -> action.accept(connection)))
                    .isNotNull();
        }
        try (Connection next = pool.getConnection()) {
            return next.unwrap(PGConnection.class).getBackendPID() != first;
        }
    }

    private Connection past() throws SQLException {
        Properties login = WireTestServer.login();
        login.setProperty("currentSchema", bank.schema());
        return DriverManager.getConnection(WireTestServer.url(), login);
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

    private static void awaitGone(Connection connection) {
        try (Connection other = WireTestServer.direct()) {
            int pid = connection.unwrap(PGConnection.class).getBackendPID();
            String count = "SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid;
            org.awaitility.Awaitility.await()
                    .until(() -> WireTestServer.read(other, count).equals("0"));
        } catch (SQLException e) {
            throw new Failed(e);
        }
    }

    private static void run(Connection connection, String sql) {
        try {
            WireTestServer.run(connection, sql);
        } catch (SQLException e) {
            throw new Failed(e);
        }
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

    private static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String state;

        Failed(SQLException cause) {
            super(cause);
            this.state = cause.getSQLState();
        }
    }
}

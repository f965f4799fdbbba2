// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.ClosedPort;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import dev.chaostest.postgres.sqlstate.SqlState;
import dev.chaostest.postgres.sqlstate.Transience;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each kind of failure as a real server, driver and pool bring it about. */
class RealFailuresTest {

    private WireFixture bank;
    private Connection one;
    private Connection other;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        one = bank.connect();
        other = bank.connect();
    }

    @AfterEach
    void close() throws SQLException {
        one.close();
        other.close();
        bank.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    INSERT INTO account VALUES (1, 0)                       | 23505 | UNIQUE_VIOLATION
                    INSERT INTO account VALUES (10, NULL)                   | 23502 | CONSTRAINT_VIOLATION
                    SELECT 1 / 0                                            | 22012 | DATA_ERROR
                    SELECT 'x'::int                                         | 22P02 | DATA_ERROR
                    SELECT * FROM nowhere                                   | 42P01 | PROGRAMMING_ERROR
                    SELEKT                                                  | 42601 | PROGRAMMING_ERROR
                    SET statement_timeout = 20; SELECT pg_sleep(60)         | 57014 | TIMEOUT
                    SET TRANSACTION READ ONLY; DELETE FROM account          | 25006 | READ_ONLY
                    DO $$ BEGIN RAISE EXCEPTION 'no' ; END $$               | P0001 | RAISED
                    DO $$ BEGIN RAISE 'no' USING ERRCODE = 'XX001'; END $$  | XX001 | INTERNAL_ERROR
                    DO $$ BEGIN RAISE 'no' USING ERRCODE = '53100'; END $$  | 53100 | RESOURCE_EXHAUSTED
                    SET ROLE pg_monitor; SELECT * FROM pg_authid            | 42501 | ACCESS_DENIED""")
    void aStatementThatFails(String sql, String state, FailureKind kind) throws SQLException {
        one.setAutoCommit(false);

        assertThat(failure(() -> WireTestServer.run(one, sql)))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(kind))
                .satisfies(failure -> assertThat(failure.state()).contains(new SqlState(state)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "false"})
    void aBatchTellsWhichOfItsElementsFailed(String rewrite) throws SQLException {
        try (Connection connection = bank.connect("reWriteBatchedInserts", rewrite);
                PreparedStatement insert = connection.prepareStatement("INSERT INTO account VALUES (?, ?)")) {
            for (int id = 10; id >= 1; id -= 3) {
                insert.setInt(1, id);
                insert.setInt(2, 0);
                insert.addBatch();
            }
            Throwable thrown = catchThrowableOfType(BatchUpdateException.class, insert::executeBatch);

            assertThat(SqlFailure.of(new IllegalStateException(thrown)))
                    .map(SqlFailure::kind)
                    .contains(FailureKind.UNIQUE_VIOLATION);
        }
    }

    @Test
    void workingOnInAFailedTransactionTellsWhatFailed() throws SQLException {
        one.setAutoCommit(false);
        failure(() -> WireTestServer.run(one, "SELECT 1 / 0"));

        SQLException aborted =
                catchThrowableOfType(SQLException.class, () -> WireTestServer.run(one, "SELECT count(*) FROM account"));

        assertThat(aborted.getSQLState()).isEqualTo("25P02");
        assertThat(SqlFailure.of(aborted)).map(SqlFailure::kind).contains(FailureKind.DATA_ERROR);
    }

    @Test
    void aConcurrentUpdateIsASerializationFailureThoughItsRollbackFailsToo() throws SQLException {
        one.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        one.setAutoCommit(false);
        WireTestServer.read(one, "SELECT balance FROM account WHERE id = 1");
        WireTestServer.run(other, "UPDATE account SET balance = 0 WHERE id = 1");
        SQLException conflict = catchThrowableOfType(
                SQLException.class, () -> WireTestServer.run(one, "UPDATE account SET balance = 1 WHERE id = 1"));
        one.close();
        conflict.addSuppressed(catchThrowableOfType(SQLException.class, () -> one.rollback()));

        SqlFailure failure = SqlFailure.of(conflict).orElseThrow();

        assertThat(failure.kind()).isEqualTo(FailureKind.SERIALIZATION);
        assertThat(failure.transience()).isEqualTo(Transience.TRANSIENT);
        assertThat(conflict.getSuppressed()).hasSize(1);
    }

    @Test
    void aDeadlock() throws SQLException {
        one.setAutoCommit(false);
        other.setAutoCommit(false);
        WireTestServer.run(one, "SET deadlock_timeout = '1h'");
        WireTestServer.run(other, "SET deadlock_timeout = '10ms'");
        WireTestServer.run(one, "UPDATE account SET balance = 0 WHERE id = 1");
        WireTestServer.run(other, "UPDATE account SET balance = 0 WHERE id = 2");
        String pid = WireTestServer.read(one, "SELECT pg_backend_pid()");
        CompletableFuture<Void> blocked =
                started(() -> WireTestServer.run(one, "UPDATE account SET balance = 0 WHERE id = 2"));
        awaitTrue("SELECT cardinality(pg_blocking_pids(" + pid + ")) > 0");

        assertThat(failure(() -> WireTestServer.run(other, "UPDATE account SET balance = 0 WHERE id = 1"))
                        .kind())
                .isEqualTo(FailureKind.DEADLOCK);
        other.rollback();
        blocked.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1 FROM account FOR UPDATE NOWAIT", "UPDATE account SET balance = 1"})
    void aLockThatSomebodyElseHas(String sql) throws SQLException {
        one.setAutoCommit(false);
        WireTestServer.run(one, "UPDATE account SET balance = 0");
        WireTestServer.run(other, "SET lock_timeout = '10ms'");

        assertThat(failure(() -> WireTestServer.run(other, sql)).kind()).isEqualTo(FailureKind.LOCK_NOT_AVAILABLE);
    }

    @Test
    void aTimeoutThatTheDriverWatches() throws SQLException {
        try (Statement slow = one.createStatement()) {
            slow.setQueryTimeout(1);

            assertThat(failure(() -> slow.execute("SELECT pg_sleep(60)")))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.TIMEOUT))
                    .satisfies(failure -> assertThat(failure.state()).contains(new SqlState("57014")));
        }
    }

    @Test
    void aSessionThatWasIdleInItsTransactionForTooLong() throws SQLException {
        String pid = WireTestServer.read(one, "SELECT pg_backend_pid()");
        WireTestServer.run(one, "SET idle_in_transaction_session_timeout = '10ms'");
        one.setAutoCommit(false);
        WireTestServer.run(one, "UPDATE account SET balance = 0");
        awaitTrue("SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = " + pid);

        assertThat(failure(() -> WireTestServer.run(one, "SELECT 1")).kind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(bank.balance(1)).as("the transaction is rolled back").isEqualTo(1000);
    }

    @Test
    void aBackendThatWasTerminated() throws SQLException {
        String pid = WireTestServer.read(one, "SELECT pg_backend_pid()");
        WireTestServer.run(other, "SELECT pg_terminate_backend(" + pid + ", 10000)");

        assertThat(failure(() -> WireTestServer.run(one, "SELECT 1")))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.CONNECTION_LOST))
                .satisfies(failure -> assertThat(failure.transience()).isEqualTo(Transience.AMBIGUOUS));
    }

    @Test
    void aLostAnswerToACommitIsAmbiguous() throws SQLException {
        one.setAutoCommit(false);
        try (WireFixture.Armed armed = bank.arm(Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER)))) {
            WireTestServer.run(one, "UPDATE account SET balance = 5 WHERE id = 1");

            assertThat(failure(() -> one.commit()))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.CONNECTION_LOST))
                    .satisfies(failure -> assertThat(failure.transience()).isEqualTo(Transience.AMBIGUOUS));
            assertThat(armed.fired()).hasSize(1);
        }
        assertThat(bank.balance(1)).as("committed all the same").isEqualTo(5);
    }

    @Test
    void aServerThatIsNotThere() {
        try (ClosedPort closed = new ClosedPort()) {
            String url = "jdbc:postgresql://127.0.0.1:" + closed.number() + "/x?user=x&connectTimeout=30";

            assertThat(failure(() -> DriverManager.getConnection(url).close()))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.CONNECTION_REFUSED))
                    .satisfies(failure -> assertThat(failure.transience()).isEqualTo(Transience.TRANSIENT));
        }
    }

    @Test
    void aRoleThatHasAllItsConnections() throws SQLException {
        String role = bank.schema() + "_limited";
        WireTestServer.run(other, "CREATE ROLE " + role + " LOGIN CONNECTION LIMIT 0");
        try {
            assertThat(failure(() -> connectAs(role)))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(FailureKind.RESOURCE_EXHAUSTED))
                    .satisfies(failure -> assertThat(failure.state()).contains(new SqlState("53300")));
        } finally {
            WireTestServer.run(other, "DROP ROLE " + role);
        }
    }

    @Test
    void aRoleThatIsNotThere() {
        assertThat(failure(() -> connectAs("nobody_at_all")).kind()).isEqualTo(FailureKind.ACCESS_DENIED);
    }

    @Test
    void anExhaustedPool() throws SQLException {
        HikariConfig config = config(WireTestServer.url(), Duration.ofMillis(500));
        try (HikariDataSource pool = new HikariDataSource(config);
                Connection taken = pool.getConnection()) {
            SqlFailure failure = failure(() -> pool.getConnection().close());

            assertThat(taken.isClosed()).isFalse();
            assertThat(failure.kind()).isEqualTo(FailureKind.POOL_EXHAUSTED);
            assertThat(failure.state()).isEmpty();
            assertThat(failure.transience()).isEqualTo(Transience.TRANSIENT);
        }
    }

    @Test
    void aPoolWhoseServerIsNotThereSaysThatInstead() {
        try (ClosedPort closed = new ClosedPort()) {
            HikariConfig config =
                    config("jdbc:postgresql://127.0.0.1:" + closed.number() + "/x", Duration.ofSeconds(3));
            config.setInitializationFailTimeout(-1);
            try (HikariDataSource pool = new HikariDataSource(config)) {
                assertThat(failure(() -> pool.getConnection().close()).kind())
                        .isEqualTo(FailureKind.CONNECTION_REFUSED);
            }
        }
    }

    private static HikariConfig config(String url, Duration timeout) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername("postgres");
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(timeout.toMillis());
        return config;
    }

    private static void connectAs(String role) throws SQLException {
        Properties login = new Properties();
        login.setProperty("user", role);
        DriverManager.getConnection(WireTestServer.url(), login).close();
    }

    /** Wrapped as frameworks do it. */
    private static SqlFailure failure(ThrowingCallable call) {
        SQLException thrown = catchThrowableOfType(SQLException.class, call);
        assertThat((Throwable) thrown).as("what was thrown").isNotNull();
        return SqlFailure.of(new IllegalStateException("wrapped", new RuntimeException(thrown)))
                .orElseThrow();
    }

    private static void awaitTrue(String question) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            Patience.await().until(() -> WireTestServer.read(direct, question).equals("t"));
        }
    }

    private static CompletableFuture<Void> started(Step step) {
        return CompletableFuture.runAsync(() -> {
            try {
                step.run();
            } catch (SQLException e) {
                throw new CompletionException(e);
            }
        });
    }

    @FunctionalInterface
    private interface Step {
        void run() throws SQLException;
    }
}

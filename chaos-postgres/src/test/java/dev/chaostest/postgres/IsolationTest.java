// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.IsolationTestServer;
import dev.chaostest.postgres.isolation.Sql;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IsolationTest {

    private static final String OTHER = "SELECT count(*) FROM pg_class";

    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = IsolationTestServer.admin().getConnection();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @ParameterizedTest
    @EnumSource
    void oneTransactionHasTheLevelAndTheNextOneHasTheDefault(Isolation level) throws SQLException {
        Isolation during = level.call(connection, Isolation::of);

        assertThat(during).isEqualTo(level);
        assertThat(connection.getAutoCommit()).as("autoCommit afterwards").isTrue();
        assertThat(Isolation.of(connection)).isEqualTo(Isolation.READ_COMMITTED);
        assertThat(connection.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_READ_COMMITTED);
    }

    @ParameterizedTest
    @EnumSource
    void theLevelIsTheOneOfJdbc(Isolation level) throws SQLException {
        connection.setTransactionIsolation(level.jdbcLevel());

        assertThat(Isolation.of(connection)).isEqualTo(level);
        assertThat(level.sql()).isEqualTo(level.name().replace('_', ' '));
    }

    @Test
    void readUncommittedIsReadCommitted() throws SQLException {
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);

        assertThat(Isolation.of(connection)).isEqualTo(Isolation.READ_COMMITTED);
    }

    @Test
    void aTransactionBegunIsTheCallersToEnd() throws SQLException {
        connection.setAutoCommit(false);

        Isolation.SERIALIZABLE.begin(connection);
        assertThat(Isolation.of(connection)).isEqualTo(Isolation.SERIALIZABLE);
        connection.commit();

        assertThat(Isolation.of(connection)).as("the next one").isEqualTo(Isolation.READ_COMMITTED);
    }

    @Test
    void theFirstQueryTakesTheSnapshotNotTheReadingBack() throws SQLException {
        String table = "isolation_" + ProcessHandle.current().pid() + "_" + System.nanoTime();
        Sql other = new Sql(IsolationTestServer.admin());
        other.run("CREATE TABLE " + table + " (id int)");
        try {
            connection.setAutoCommit(false);
            Isolation.REPEATABLE_READ.begin(connection);
            other.run("INSERT INTO " + table + " VALUES (1)");

            assertThat(Sql.column(connection, "SELECT id FROM " + table)).containsExactly("1");
            other.run("INSERT INTO " + table + " VALUES (2)");
            assertThat(Sql.column(connection, "SELECT id FROM " + table)).containsExactly("1");
            connection.rollback();
        } finally {
            other.run("DROP TABLE " + table);
        }
    }

    @Test
    void eachStatementATransactionIsRefused() {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.begin(connection))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A connection must have autoCommit off where a transaction at SERIALIZABLE begins, but it "
                        + "is on: each statement would be a transaction of its own. Call setAutoCommit(false) first, or "
                        + "use Isolation.SERIALIZABLE.run.");
    }

    @Test
    void aTransactionThatRunsAlreadyIsRefusedAndLeftAsItIs() throws SQLException {
        connection.setAutoCommit(false);
        Sql.column(connection, OTHER);

        for (ThrowingCall call : calls()) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A connection must have no transaction running where one at SERIALIZABLE begins, but "
                            + "it has one, whose level is fixed. Commit it or roll it back first.");
        }
        assertThat(Isolation.of(connection)).isEqualTo(Isolation.READ_COMMITTED);
        assertThat(connection.getAutoCommit()).isFalse();
    }

    @Test
    void aTransactionThatWasBegunByHandUnderAutoCommitIsSeenToo() throws SQLException {
        Sql.run(connection, "BEGIN", "SELECT 1");

        for (ThrowingCall call : calls()) {
            assertThatThrownBy(call::run).hasMessageStartingWith("A connection must have no transaction running");
        }
        assertThat(Sql.column(connection, "SELECT now() < clock_timestamp()"))
                .as("it still runs")
                .containsExactly("t");
        Sql.run(connection, "ROLLBACK");
    }

    private ThrowingCall[] calls() {
        return new ThrowingCall[] {
            () -> Isolation.SERIALIZABLE.begin(connection), () -> Isolation.SERIALIZABLE.run(connection, any -> {})
        };
    }

    @Test
    void workThatThrowsIsRolledBack() throws SQLException {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(connection, transaction -> {
                    Sql.run(transaction, "CREATE TEMPORARY TABLE gone (id int)");
                    throw new IllegalStateException("mine");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasNoSuppressedExceptions();

        assertThat(Sql.column(connection, "SELECT to_regclass('gone')")).containsExactly("null");
        assertThat(connection.getAutoCommit()).isTrue();
    }

    @Test
    void workThatSwallowsAFailureIsNotTakenForCommitted() {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(connection, IsolationTest::swallow))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The work at SERIALIZABLE must end in a transaction that can be committed, but a statement "
                        + "of it had failed, and the work went on. Let the failure through.");
    }

    private static void swallow(Connection transaction) {
        assertThatThrownBy(() -> Sql.run(transaction, "SELECT 1 / 0")).isInstanceOf(SQLException.class);
    }

    @Test
    void workThatGoesOnInAnotherTransactionIsRefused() {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(connection, transaction -> {
                    transaction.commit();
                    Sql.column(transaction, OTHER);
                }))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The transaction must run at SERIALIZABLE, but the server says read committed. Neither "
                        + "commit nor roll back within the work, and connect to the server itself.");
    }

    @Test
    void workThatRollsBackIsNotTakenForCommitted() {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(connection, Connection::rollback))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "The work at SERIALIZABLE must leave its transaction to be committed, but has ended it: what "
                                + "it did is committed or rolled back already. Neither commit nor roll back within the work.");
    }

    @Test
    void workWhoseRollbackFailsIsNotCommittedByTheWayBackToAutoCommit() throws SQLException {
        Connection stubborn = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("rollback")) {
                        throw new SQLException("not now", "08000");
                    }
                    return method.invoke(connection, arguments);
                });

        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(stubborn, transaction -> {
                    Sql.run(transaction, "CREATE TABLE isolation_not_committed ()");
                    throw new SQLException("mine", "40001");
                }))
                .hasMessage("mine");
        connection.rollback();
        assertThat(Sql.column(connection, "SELECT to_regclass('isolation_not_committed') IS NULL"))
                .containsExactly("t");
    }

    @Test
    void aLevelThatDidNotReachTheServerIsRefused() {
        Connection deaf = dropping("SET TRANSACTION", connection);

        assertThatThrownBy(() -> Isolation.REPEATABLE_READ.run(deaf, any -> {}))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith(
                        "The transaction must run at REPEATABLE_READ, but the server says read committed.");
    }

    @Test
    void aLostConnectionIsReportedAsItIs() {
        assertThatThrownBy(() -> Isolation.SERIALIZABLE.run(connection, transaction -> {
                    transaction.close();
                    throw new SQLException("mine", "40001");
                }))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("40001"));
    }

    @Test
    void itWorksBehindAPoolAndLeavesNothingThere() throws SQLException {
        HikariConfig config = new HikariConfig();
        config.setDataSource(IsolationTestServer.admin());
        config.setMaximumPoolSize(1);
        try (HikariDataSource pool = new HikariDataSource(config)) {
            try (Connection borrowed = pool.getConnection()) {
                assertThat(Isolation.SERIALIZABLE.call(borrowed, Isolation::of)).isEqualTo(Isolation.SERIALIZABLE);
            }
            try (Connection next = pool.getConnection()) {
                assertThat(Isolation.of(next)).isEqualTo(Isolation.READ_COMMITTED);
                assertThat(next.getAutoCommit()).isTrue();
            }
        }
    }

    @Test
    void aConnectionOfAnotherDriverIsRefused() {
        Connection foreign = (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> false);

        assertThatThrownBy(() -> Isolation.SERIALIZABLE.begin(foreign))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("A connection must lead to PostgreSQL's driver, but \\S+ does not unwrap to it\\. "
                        + "Hand over one of its connections\\.");
    }

    /** What a proxy between here and the server might do. */
    private static Connection dropping(String verb, Connection real) {
        return wrap(
                Connection.class,
                real,
                created -> wrap(Statement.class, (Statement) created, result -> result, verb),
                "");
    }

    private static <T> T wrap(Class<T> type, T real, UnaryOperator<Object> result, String verb) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (!verb.isEmpty()
                            && method.getName().equals("execute")
                            && arguments[0].toString().startsWith(verb)) {
                        return false;
                    }
                    try {
                        Object returned = method.invoke(real, arguments);
                        return method.getName().equals("createStatement") ? result.apply(returned) : returned;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run() throws SQLException;
    }
}

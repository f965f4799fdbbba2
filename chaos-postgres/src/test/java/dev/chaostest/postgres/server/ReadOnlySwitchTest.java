// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.sqlstate.FailureKind;
import dev.chaostest.postgres.sqlstate.SqlFailure;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class ReadOnlySwitchTest {

    private static final AtomicInteger TABLES = new AtomicInteger();
    private static PostgresServer server;

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start(ServerOptions.ofDefaults());
        try (Connection admin = DriverManager.getConnection(server.jdbcUrl())) {
            run(admin, "CREATE DATABASE \"or\"\"ders\"");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ChaosScope scope() {
        return ChaosScope.open("test", Plan.of(new Seed(7)));
    }

    @Test
    void openSessionsAndNewOnesMayNotWriteAndMayAgain() throws SQLException {
        try (Connection open = DriverManager.getConnection(server.jdbcUrl());
                ChaosScope scope = scope()) {
            write(open);
            ReadOnlySwitch failover = ReadOnlySwitch.server(scope, server);
            assertThat(failover.isActive()).isTrue();
            assertReadOnly(open);
            try (Connection fresh = DriverManager.getConnection(server.jdbcUrl())) {
                assertReadOnly(fresh);
                assertThat(read(fresh, "SELECT 7")).isEqualTo("7");
            }

            failover.close();
            failover.close();

            assertThat(failover.isActive()).isFalse();
            write(open);
            assertToldOf(scope, "make PostgreSQL on port " + server.port() + " read-only", Reach.SERVER);
        }
    }

    @Test
    void whatWasOfAServerThatIsClosedNeedsNoHealing() {
        try (ChaosScope scope = scope()) {
            ReadOnlySwitch failover;
            try (PostgresServer own = PostgresServer.start(ServerOptions.ofDefaults())) {
                failover = ReadOnlySwitch.server(scope, own);
            }
            failover.close();
            assertThat(failover.isActive()).isFalse();
        }
    }

    @Test
    void databaseEndsItsSessionsAndNewOnesMayNotWrite() throws SQLException {
        String url = server.jdbcUrl("or\"ders");
        try (Connection other = DriverManager.getConnection(server.jdbcUrl());
                Connection open = DriverManager.getConnection(url);
                ChaosScope scope = scope()) {
            try (ReadOnlySwitch failover = ReadOnlySwitch.database(scope, server, "or\"ders");
                    Connection fresh = DriverManager.getConnection(url)) {
                assertThat(state(() -> write(open))).isEqualTo("57P01");
                assertReadOnly(fresh);
                write(other);
                assertThat(failover).hasToString("the database \"or\"ders\" is read-only");

                failover.close();
                assertThat(state(() -> write(fresh)))
                        .as("it would stay read-only")
                        .isEqualTo("57P01");
            }
            try (Connection again = DriverManager.getConnection(url)) {
                write(again);
            }
            assertToldOf(scope, "make the database \"or\"ders\" read-only", Reach.DATABASE);
        }
    }

    @Test
    void endOfTheScopeSwitchesBack() throws SQLException {
        try (ChaosScope scope = scope()) {
            ReadOnlySwitch.server(scope, server);
        }
        try (Connection fresh = DriverManager.getConnection(server.jdbcUrl())) {
            write(fresh);
        }
    }

    @Test
    void dryRunSwitchesNothing() throws SQLException {
        try (ChaosScope scope = ChaosScope.openDryRun("test", Plan.of(new Seed(7)));
                ReadOnlySwitch failover = ReadOnlySwitch.server(scope, server);
                Connection fresh = DriverManager.getConnection(server.jdbcUrl())) {
            assertThat(failover.isActive()).isFalse();
            write(fresh);
        }
    }

    /** What could not be switched back is not said to be: the next try, or the end of the scope, does it. */
    @Test
    void switchingBackThatFailedCanBeTriedAgain() throws SQLException {
        try (Connection admin = DriverManager.getConnection(server.jdbcUrl());
                ChaosScope scope = scope()) {
            run(admin, "CREATE DATABASE \"for a while\"");
            ReadOnlySwitch failover = ReadOnlySwitch.database(scope, server, "for a while");
            run(admin, "ALTER DATABASE \"for a while\" RENAME TO elsewhere");
            assertThatThrownBy(failover::close)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("the database \"for a while\" must accept writes again, but answered 3D000."
                            + " Check that it is there and takes connections; see the cause.");
            assertThat(failover.isActive()).isTrue();

            run(admin, "ALTER DATABASE elsewhere RENAME TO \"for a while\"");
            failover.close();

            assertThat(failover.isActive()).isFalse();
            try (Connection fresh = DriverManager.getConnection(server.jdbcUrl("for a while"))) {
                write(fresh);
            }
        }
    }

    @Test
    void databaseThatIsNotThereIsRefused() {
        try (ChaosScope scope = scope()) {
            assertThatThrownBy(() -> ReadOnlySwitch.database(scope, server, "nothing"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("the database \"nothing\" must become read-only, but answered 3D000."
                            + " Check that it is there and takes connections; see the cause.");
            assertThat(scope.ledger().entries(LedgerEntry.Commanded.class)).isEmpty();
        }
    }

    private static void assertToldOf(ChaosScope scope, String command, Reach reach) {
        List<LedgerEntry.Commanded> commanded = scope.ledger().entries(LedgerEntry.Commanded.class);
        assertThat(commanded).singleElement().satisfies(each -> {
            assertThat(each.command()).isEqualTo(command);
            assertThat(each.reach()).isEqualTo(reach);
        });
        assertThat(scope.ledger().entries(LedgerEntry.Healed.class))
                .singleElement()
                .satisfies(each -> assertThat(each.how()).endsWith("accepts writes again"));
    }

    private static void assertReadOnly(Connection connection) {
        SQLException refused = catchThrowableOfType(SQLException.class, () -> write(connection));
        assertThat(refused.getSQLState()).isEqualTo("25006");
        assertThat(SqlFailure.of(refused).orElseThrow().kind()).isEqualTo(FailureKind.READ_ONLY);
    }

    private static String state(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return catchThrowableOfType(SQLException.class, call).getSQLState();
    }

    private static void write(Connection connection) throws SQLException {
        run(connection, "CREATE TABLE t" + TABLES.incrementAndGet() + " (i int)");
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String read(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}

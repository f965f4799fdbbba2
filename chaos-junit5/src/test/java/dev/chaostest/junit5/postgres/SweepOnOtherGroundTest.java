// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Sweeps on a server of their own, over a pool that others use, and on tables that are not theirs. */
@Execution(ExecutionMode.SAME_THREAD)
class SweepOnOtherGroundTest {

    private static PostgresServer server;
    private static HikariDataSource pool;

    @BeforeAll
    static void aServerOfTheUsers() throws SQLException {
        server = PostgresServer.start(ServerOptions.ofDefaults());
        onServer("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
        onServer("INSERT INTO account VALUES (1, 1000), (2, 1000)");
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl());
        config.setMaximumPoolSize(3);
        WireMount.of("swept pool")
                .properties()
                .forEach((name, value) -> config.addDataSourceProperty((String) name, value));
        pool = new HikariDataSource(config);
    }

    @AfterAll
    static void theUserStopsIt() {
        pool.close();
        server.close();
    }

    private static void onServer(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> lines(Inner inner) {
        return inner.message().lines().map(String::strip).toList();
    }

    private static final String[] HALF = {
        "state    : expected all that the clean round changed, since the test returned normally, found a part of it",
        "done     : account id=1: balance 1000 -> 900",
        "missing  : account id=2: balance 1000 -> 1100",
        "again    : the same in 2 of 2 rounds"
    };

    /** The bug: half of it is enough for him. */
    private static void halfIsEnough(DataSource bank) throws SQLException {
        Bank.add(bank, 1, -100);
        try {
            Bank.add(bank, 2, 100);
        } catch (SQLException swallowed) {
            assertThat(swallowed.getSQLState()).isEqualTo("57014");
        }
    }

    @Test
    void tablesAreComparedOnAServerOfItsOwn() {
        Inner inner = Inner.run(OwnServerTestCases.class);

        assertThat(lines(inner)).contains(HALF);
        assertThat(inner.names()).last().asString().contains(" 1 red");
    }

    @PostgresTest
    @OwnServer
    @IsolatedSchema("bank.sql")
    static class OwnServerTestCases {
        @ChaosSweep(faults = "57014")
        void moves(DataSource bank) throws SQLException {
            halfIsEnough(bank);
        }
    }

    @Test
    void whatIsRightOnAServerOfItsOwnIsGreen() {
        Inner inner = Inner.run(RightOnOwnServerTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.published("chaos.sweep"))
                .singleElement()
                .asString()
                .doesNotContain("not compared")
                .contains("1 x ghost transaction");
    }

    /** Its tables are made before each round, and are not there when the server is. */
    @PostgresTest
    @OwnServer
    static class RightOnOwnServerTestCases {
        @BeforeEach
        void makes(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE account (id int PRIMARY KEY, balance int)");
                statement.execute("INSERT INTO account VALUES (1, 1000)");
            }
        }

        @ChaosSweep(faults = "connection lost")
        void adds(DataSource bank) throws SQLException {
            Bank.add(bank, 1, 1);
        }
    }

    @Test
    void tablesAreComparedOverAPoolThatOthersUse() {
        Inner inner = Inner.run(AttachedTestCases.class);

        assertThat(lines(inner)).contains(HALF);
        assertThat(inner.names()).last().asString().contains(" 1 red");
    }

    @PostgresTest(from = "users")
    static class AttachedTestCases {
        static DataSource users() {
            return pool;
        }

        @BeforeEach
        void asItWas() throws SQLException {
            onServer("UPDATE account SET balance = 1000");
        }

        @ChaosSweep(faults = "57014")
        void moves(DataSource bank) throws SQLException {
            halfIsEnough(bank);
        }
    }

    @Test
    void whatASweepIsToldIsLookedAtOverAPoolThatOthersUse() {
        Inner inner = Inner.run(AttachedPromiseTestCases.class);

        assertThat(lines(inner)).anyMatch(line -> line.matches("money +: expected 2000, found 1900"));
        assertThat(inner.names()).last().asString().contains(" 1 red");
    }

    @PostgresTest(from = "users")
    static class AttachedPromiseTestCases {
        static DataSource users() {
            return pool;
        }

        @BeforeEach
        void asItWas() throws SQLException {
            onServer("UPDATE account SET balance = 1000");
        }

        @ChaosSweep(faults = "57014")
        void moves(DataSource bank, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            Bank.add(bank, 1, -100);
            Bank.add(bank, 2, 100);
        }
    }

    @Test
    void aLostCommitIsFoundOverAPoolThatOthersUse() {
        assertThat(lines(Inner.run(AttachedLostTestCases.class)))
                .anyMatch(line ->
                        line.matches("truth    : transaction \\d+ ABORTED; the client saw no error, but ROLLBACK"));
    }

    @PostgresTest(from = "users")
    static class AttachedLostTestCases {
        static DataSource users() {
            return pool;
        }

        @ChaosSweep(faults = "57014")
        void commitsWhatHasFailed(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, 0);
                try {
                    Bank.add(connection, 2, 0);
                } catch (SQLException swallowed) {
                    assertThat(swallowed.getSQLState()).isEqualTo("57014");
                }
                connection.commit();
            }
        }
    }

    @Test
    void whatCantBeComparedThereIsToldByTheVerdict() {
        AttachedUnsteadyTestCases.rounds = 0;
        assertThat(Inner.run(AttachedUnsteadyTestCases.class).published("chaos.sweep"))
                .singleElement()
                .asString()
                .contains("\nremark     : tables were not compared, since two rounds without faults changed different"
                        + " rows");
    }

    @PostgresTest(from = "users")
    static class AttachedUnsteadyTestCases {
        static int rounds;

        static DataSource users() {
            return pool;
        }

        @ChaosSweep(faults = "57014")
        void adds(DataSource bank) throws SQLException {
            Bank.add(bank, 1 + rounds++ % 2, 1);
        }
    }

    @Test
    void aPreparedTransactionThatIsLeftIsToldAndDoesNotReachTheNextRound() throws SQLException {
        Inner inner = Inner.run(PreparedTestCases.class);

        assertThat(inner.failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure.getMessage())
                        .containsPattern("on COMMIT PREPARED at .* broke it")
                        .containsPattern("\n  left     : .*prepared transaction \"swept\"")
                        .contains("\n  again    : the same in 2 of 2 rounds"));
        assertThat(inner.names()).last().asString().contains(" 2 red");
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            assertThat(Bank.ask(connection, "SELECT count(*) FROM pg_prepared_xacts"))
                    .isEqualTo("0");
        }
    }

    @PostgresTest(from = "url")
    @IsolatedSchema("bank.sql")
    static class PreparedTestCases {
        static String url() {
            return server.jdbcUrl();
        }

        /** The bug: what is prepared stays so when it can't be committed. */
        @ChaosSweep(faults = {"57014", "40P01"})
        void adds(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, 1);
                statement.execute("PREPARE TRANSACTION 'swept'");
                connection.setAutoCommit(true);
                statement.execute("COMMIT PREPARED 'swept'");
                assertThat(Bank.balances(connection)).containsExactly(1001, 1000);
            }
        }
    }
}

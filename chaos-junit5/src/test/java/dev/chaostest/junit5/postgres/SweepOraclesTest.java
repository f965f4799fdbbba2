// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sweep finds by itself, and what it is told to look at. */
class SweepOraclesTest {

    private static List<String> lines(Inner inner) {
        return inner.message().lines().map(String::strip).toList();
    }

    @Test
    void aTestThatReturnsThoughNothingWasDoneIsFound() {
        assertThat(lines(Inner.run(SwallowingTestCases.class)))
                .contains(
                        "state    : expected all that the clean round changed, since the test returned normally, found"
                                + " nothing changed",
                        "missing  : account id=1: balance 1000 -> 1001");
    }

    @Test
    void aCommitThatWasNoneIsFound() {
        assertThat(lines(Inner.run(SilentTestCases.class)))
                .anyMatch(line ->
                        line.matches("truth    : transaction \\d+ ABORTED; the client saw no error, but ROLLBACK"));
    }

    @Test
    void aPromiseOfTheTestIsLookedAtInEachRound() {
        Inner inner = Inner.run(InvariantTestCases.class);

        assertThat(lines(inner)).anyMatch(line -> line.matches("money +: expected 2000, found 1900"));
    }

    @Test
    void workingOnInAFailedTransactionIsFound() {
        assertThat(lines(Inner.run(WorkingOnTestCases.class)))
                .anyMatch(line -> line.startsWith("25P02    : UPDATE account ")
                        && line.endsWith(" was sent though its transaction had failed; roll back first"));
    }

    @Test
    void aMissingTimeoutIsFoundOnRequest() {
        Inner inner = Inner.run(WaitingTestCases.class, Map.of("chaos.hang-limit", "100ms"));

        assertThat(inner.failures())
                .hasSize(2)
                .allSatisfy(each -> assertThat(each)
                        .hasMessageContaining(
                                "finding  : A DataSource must have a socketTimeout, but this one has none"));
        assertThat(inner.names().stream().map(each -> each.replaceAll(":\\d+", ":9")))
                .contains(
                        "#1 no answer to UPDATE account at Bank.add:9, again",
                        "#2 no answer, though done, to UPDATE account at Bank.add:9, again");
    }

    @Test
    void aTimeoutIsAnAnswer() {
        Inner inner = Inner.run(TimingOutTestCases.class, Map.of("chaos.hang-limit", "100ms"));

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).last().asString().contains(" 2 rounds, 0 red");
    }

    @Test
    void aConnectionThatIsNotGivenBackIsFoundAndDoesNotReachTheNextRound() {
        Inner inner = Inner.run(LeakingTestCases.class);

        assertThat(lines(inner)).anyMatch(line -> line.startsWith("left     : ") && line.contains("not given back"));
        assertThat(inner.names()).last().asString().contains(" 1 red");
    }

    @Test
    void whatTheTestAcceptsIsFine() {
        assertThat(Inner.run(AcceptingTestCases.class).failures()).isEmpty();
    }

    @Test
    void aDatabaseIsKeptToo() {
        assertThat(Inner.run(DatabaseTestCases.class).failures()).isEmpty();
    }

    @Test
    void aTestThatChangesDefinitionsHasThemAsTheyWereInEachRound() {
        assertThat(Inner.run(DefiningTestCases.class).failures()).isEmpty();
    }

    @Test
    void whatIsLoadedBeforeEachRoundIsLoadedOnce() {
        assertThat(Inner.run(LoadingTestCases.class).failures()).isEmpty();
    }

    @Test
    void aSweepParameterOutsideOfASweepIsRefused() {
        assertThat(Inner.run(NoSweepTestCases.class).message())
                .contains("A Sweep parameter of SweepOraclesTest$NoSweepTestCases.none must belong to a @ChaosSweep,"
                        + " but the test is none. Use @ChaosSweep.");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WaitingTestCases {
        @ChaosSweep(faults = "no answer")
        void waits(DataSource bank) throws SQLException {
            Bank.add(bank, 1, 1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class TimingOutTestCases {
        @ChaosSweep(faults = "no answer")
        void waits(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setNetworkTimeout(Runnable::run, 1_500);
                Bank.add(connection, 1, 1);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class SwallowingTestCases {
        @ChaosSweep(faults = "57014")
        void swallows(DataSource bank) {
            try {
                Bank.add(bank, 1, 1);
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("57014");
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class SilentTestCases {
        @ChaosSweep(faults = "40P01")
        void commitsAnyway(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                Bank.add(connection, 1, -1);
                try {
                    Bank.add(connection, 2, 1);
                } catch (SQLException e) {
                    assertThat(e.getSQLState()).isEqualTo("40P01");
                }
                try {
                    connection.commit();
                } catch (SQLException told) { // newer drivers tell
                    assertThat(told.getSQLState()).isNotNull();
                }
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class InvariantTestCases {
        @ChaosSweep(faults = "57014")
        void movesInTwoSteps(DataSource bank, Sweep sweep) throws SQLException {
            sweep.invariant("money", "SELECT sum(balance) FROM account");
            try (Connection connection = bank.getConnection()) {
                Bank.add(connection, 1, -100);
                Bank.add(connection, 2, 100);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WorkingOnTestCases {
        @ChaosSweep(faults = "57014", maxRounds = 1)
        void worksOn(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    Bank.add(connection, 1, -1);
                } catch (SQLException e) {
                    Bank.add(connection, 2, 1);
                }
                connection.commit();
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class LeakingTestCases {
        @ChaosSweep(faults = "57014")
        void leaks(HikariDataSource bank) throws SQLException {
            Connection connection = bank.getConnection();
            Bank.add(connection, 1, 1);
            connection.close();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class AcceptingTestCases {
        @ChaosSweep(faults = "57014")
        @SuppressWarnings("UnusedException")
        void refuses(DataSource bank, Sweep sweep) {
            sweep.accepts(IllegalStateException.class);
            try {
                Bank.add(bank, 1, 1);
            } catch (SQLException e) {
                throw new IllegalStateException("not now");
            }
        }
    }

    @PostgresTest
    @IsolatedDatabase("bank.sql")
    static class DatabaseTestCases {
        @ChaosSweep(faults = {"57014", "connection lost"})
        void adds(DataSource bank) throws SQLException {
            assertThat(Bank.ask(bank, "SELECT balance FROM account WHERE id = 1"))
                    .isEqualTo("1000");
            Bank.add(bank, 1, 1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class DefiningTestCases {
        @ChaosSweep(faults = "57014")
        void defines(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE audit (what text)");
                statement.execute("INSERT INTO audit VALUES ('begun')");
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class LoadingTestCases {
        @BeforeEach
        void load(DataSource bank) throws SQLException {
            Bank.add(bank, 1, 7);
        }

        @ChaosSweep(faults = {"57014", "57P01"})
        void adds(DataSource bank) throws SQLException {
            assertThat(Bank.balances(bank)).containsExactly(1007, 1000);
            Bank.add(bank, 2, 1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class NoSweepTestCases {
        @Test
        void none(Sweep sweep) {
            assertThat(sweep).isNotNull();
        }
    }
}

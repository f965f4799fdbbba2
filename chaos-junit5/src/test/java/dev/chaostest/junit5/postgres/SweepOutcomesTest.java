// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.Inner;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** What can come of a round, and what JUnit sees of it. */
class SweepOutcomesTest {

    private static String verdict(Inner inner) {
        return inner.names().get(inner.names().size() - 1);
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceAll("(\\$\\d+)?:\\d+", ":9");
    }

    @Test
    void nothingIsInjectedWhereTheTestIsRedWithoutIt() {
        Inner inner = Inner.run(RedTestCases.class);

        assertThat(inner.names()).containsExactly("clean round");
        assertThat(inner.message())
                .startsWith("SweepOutcomesTest$RedTestCases.sweeps: the test must pass without faults before a sweep"
                        + " injects any, but was red. Correct that first. [account 1] \n"
                        + "expected: 7\n"
                        + " but was: 1000");
    }

    /** The driver says 08003 of it, as it does of a connection that was closed before. */
    @Test
    void aCopyWhoseConnectionIsLostTellsOfTheLoss() {
        Inner inner = Inner.run(CopyTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.names()).anyMatch(name -> name.contains("connection lost before COPY account"));
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class CopyTestCases {
        @ChaosSweep(faults = "connection lost")
        void copies(DataSource bank) throws SQLException, IOException {
            try (Connection connection = bank.getConnection()) {
                CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
                assertThat(copies.copyIn("COPY account FROM STDIN", new StringReader("50\t5\n")))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void nothingIsInjectedWhereTheTestIsRedTheSecondTime() {
        RedTheSecondTimeTestCases.ROUNDS.set(0);

        Inner inner = Inner.run(RedTheSecondTimeTestCases.class);

        assertThat(inner.names()).containsExactly("clean round", "clean round, again");
        assertThat(inner.message())
                .startsWith("SweepOutcomesTest$RedTheSecondTimeTestCases.sweeps: a second round without faults must be"
                        + " green as the first was, but was red. Have the test depend on nothing that it changes"
                        + " itself. ");
    }

    @Test
    void aTestThatIsRedOnlyOnceIsToldFromOneThatIsRed() {
        RedOnceTestCases.ROUNDS.set(0);

        Inner inner = Inner.run(RedOnceTestCases.class);

        assertThat(inner.message().lines().map(line -> line.replaceAll(":\\d+", ":9")))
                .contains(
                        "SweepOutcomesTest$RedOnceTestCases.sweeps: 57014 on SELECT account at Bank.ask:9 broke it"
                                + " once, but not when it was tried again",
                        "  again    : not the same in 2 rounds, so the test is not deterministic. First red "
                                + "(java.lang.AssertionError: [rounds] ), with 2 arrivals at 2 sites, and [57014] came "
                                + "back; then green, with 2 arrivals at 2 sites, and [57014] came back");
    }

    @Test
    void aPointThatIsNotReachedAgainIsAbortedAndCounted() {
        OtherWayTestCases.ROUNDS.set(0);

        Inner inner = Inner.run(OtherWayTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted())
                .singleElement()
                .isInstanceOf(TestAbortedException.class)
                .extracting(Throwable::getMessage)
                .asString()
                .matches("#1 57014 on SELECT account at Bank.ask:\\d+ was not reached again: the test took another way"
                        + " than in the clean round\\.");
        assertThat(verdict(inner)).isEqualTo("verdict: 5 points, 2 rounds, 0 red; 27 pruned, 1 not reached");
    }

    @Test
    void whatIsRedThoughTheFaultDidNotStrikeIsNotToldAsItsDoing() {
        RedAnotherWayTestCases.ROUNDS.set(0);

        Inner inner = Inner.run(RedAnotherWayTestCases.class);

        assertThat(inner.aborted())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "#1 57014 on SELECT account at Bank.ask:9 was red though its fault did not strike, and is "
                                + "run once more, see the next.");
        assertThat(inner.failures())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "SweepOutcomesTest$RedAnotherWayTestCases.sweeps: the test must be green where nothing is "
                                + "injected, but was red though 57014 on SELECT account at Bank.ask:9 did not strike. Have the "
                                + "test do the same in each round. [rounds] ");
    }

    @Test
    void aFaultThatCanNotBeHadIsAbortedAndCounted() {
        Inner inner = Inner.run(WrongTableTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "#1 57014 on SELECT nowhere at SweepOutcomesTest$WrongTableTestCases.lambda$sweeps:9 is"
                                + " impossible here: planned was server error 57014 at sql:SELECT * FROM nowhere, 1st on"
                                + " lane connection-1, but 42P01 came back.");
        assertThat(inner.published("chaos.sweep").get(0))
                .contains("impossible : 1 x 57014 on SELECT nowhere: planned was server error 57014");
    }

    @Test
    void theInjectedFailureMayBeTheCauseOfWhatIsThrown() {
        assertThat(Inner.run(WrappedTestCases.class).failures()).isEmpty();
    }

    @Test
    void anotherExceptionIsRedUnlessItIsAccepted() {
        assertThat(Inner.run(OtherExceptionTestCases.class).failures())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "SweepOutcomesTest$OtherExceptionTestCases.sweeps: 57014 on SELECT account at Bank.ask:9 "
                                + "broke it. IllegalStateException: no balance");
        assertThat(Inner.run(AcceptedExceptionTestCases.class).failures()).isEmpty();
    }

    @Test
    void anAssertionErrorIsRedWhateverItsCause() {
        assertThat(Inner.run(AssertingTestCases.class).failures())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "SweepOutcomesTest$AssertingTestCases.sweeps: 57014 on SELECT account at Bank.ask:9 broke it. "
                                + "Expecting code not to raise a throwable but caught");
    }

    @Test
    void whatAnAfterEachMethodFindsIsRunOnceMoreToo() {
        Inner inner = Inner.run(AfterEachTestCases.class);

        assertThat(inner.aborted()).hasSize(1);
        assertThat(inner.failures())
                .extracting(SweepOutcomesTest::firstLine)
                .containsExactly(
                        "SweepOutcomesTest$AfterEachTestCases.sweeps: 57014 on SELECT account at Bank.ask:9 broke it. "
                                + "[failed] ");
        assertThat(inner.message()).contains("  again    : the same in 2 of 2 rounds\n");
    }

    @Test
    void aConnectionThatAFailureLeavesOpenIsFound() {
        Inner inner = Inner.run(LeakingTestCases.class);

        assertThat(inner.failures()).hasSize(1);
        assertThat(inner.message()).contains("broke it\n").contains("a connection that was opened by ");
    }

    @Test
    void theVerdictRunsNoMethodOfTheTest() {
        LifeCycleTestCases.CALLS.set(0);

        Inner inner = Inner.run(LifeCycleTestCases.class);

        assertThat(inner.names()).hasSize(4);
        assertThat(LifeCycleTestCases.CALLS).hasValue(9);
    }

    @Test
    void whatIsBeyondTheBudgetIsTold() {
        assertThat(verdict(Inner.run(BudgetTestCases.class)))
                .isEqualTo("verdict: 3 points, 2 rounds, 0 red; 7 pruned, 10 left out");
    }

    private static int balance(DataSource bank) throws SQLException {
        return Integer.parseInt(Bank.ask(bank, "SELECT balance FROM account WHERE id = 1"));
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RedTestCases {
        @ChaosSweep
        void sweeps(DataSource bank) throws SQLException {
            assertThat(balance(bank)).as("account 1").isEqualTo(7);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RedTheSecondTimeTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep
        void sweeps(DataSource bank) throws SQLException {
            balance(bank);
            assertThat(ROUNDS.incrementAndGet()).isEqualTo(1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RedOnceTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            assertThatCode(() -> balance(bank))
                    .satisfiesAnyOf(
                            any -> assertThat(any).isNull(),
                            any -> assertThat(any).isInstanceOf(SQLException.class));
            assertThat(ROUNDS.incrementAndGet()).as("rounds").isNotEqualTo(3);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class OtherWayTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            if (ROUNDS.incrementAndGet() <= 2) {
                balance(bank);
            }
            Bank.add(bank, 1, 1);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RedAnotherWayTestCases {
        static final AtomicInteger ROUNDS = new AtomicInteger();

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            assertThat(ROUNDS.incrementAndGet()).as("rounds").isLessThanOrEqualTo(2);
            balance(bank);
        }
    }

    @PostgresTest
    static class WrongTableTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    Statement statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.execute("SELECT * FROM nowhere"))
                        .isInstanceOf(SQLException.class);
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WrappedTestCases {
        @ChaosSweep(faults = {"57014", "connection lost"})
        void sweeps(DataSource bank) {
            try {
                balance(bank);
            } catch (SQLException e) {
                throw new IllegalStateException("no balance", new RuntimeException(e));
            }
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class OtherExceptionTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) {
            lookUp(bank);
        }
    }

    @SuppressWarnings("UnusedException")
    private static void lookUp(DataSource bank) {
        try {
            balance(bank);
        } catch (SQLException e) {
            throw new IllegalStateException("no balance");
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class AcceptedExceptionTestCases {
        @ChaosSweep(faults = "57014", accepts = IllegalStateException.class)
        void sweeps(DataSource bank) {
            lookUp(bank);
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class AssertingTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) {
            assertThatCode(() -> balance(bank)).doesNotThrowAnyException();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class AfterEachTestCases {
        private boolean failed;

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            failed = true;
            balance(bank);
            failed = false;
        }

        @AfterEach
        void looks() {
            assertThat(failed).as("failed").isFalse();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class LeakingTestCases {
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            Connection connection = bank.getConnection();
            Bank.add(connection, 1, 1);
            connection.close();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class LifeCycleTestCases {
        static final AtomicInteger CALLS = new AtomicInteger();

        @BeforeEach
        void before() {
            CALLS.incrementAndGet();
        }

        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            CALLS.incrementAndGet();
            balance(bank);
        }

        @AfterEach
        void after() {
            CALLS.incrementAndGet();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class BudgetTestCases {
        @ChaosSweep(maxRounds = 2)
        void sweeps(DataSource bank) throws SQLException {
            assertThat(List.of(balance(bank))).containsExactly(1000);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.Sabotage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

class ChaosMustCatchTest {

    /** Code under test. */
    static final class Transfers {
        private final DataSource bank;

        Transfers(DataSource bank) {
            this.bank = bank;
        }

        void transfer(int from, int to, int amount) throws SQLException {
            try (Connection connection = bank.getConnection()) {
                connection.setAutoCommit(false);
                try {
                    Bank.add(connection, from, -amount);
                    Bank.add(connection, to, amount);
                    if (amount > 500) {
                        throw new IllegalArgumentException("too much");
                    }
                    connection.commit();
                } catch (IllegalArgumentException e) {
                    connection.rollback();
                    throw e;
                } finally {
                    connection.setAutoCommit(true);
                }
            }
        }

        int wealth() throws SQLException {
            return Bank.balances(bank).stream().mapToInt(Integer::intValue).sum();
        }
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class TeethTestCases {
        @ChaosMustCatch({
            Sabotage.RUN_TWICE,
            Sabotage.DROP_WRITE,
            Sabotage.COMMIT_IN_THE_MIDDLE,
            Sabotage.COMMIT_INSTEAD_OF_ROLLBACK,
            Sabotage.HIDE_ROW
        })
        void noticesEverything(DataSource bank) throws SQLException {
            Transfers transfers = new Transfers(bank);
            transfers.transfer(1, 2, 100);
            assertThatThrownBy(() -> transfers.transfer(1, 2, 501)).isInstanceOf(IllegalArgumentException.class);
            assertThat(Bank.balances(bank)).containsExactly(900, 1100);
            assertThat(transfers.wealth()).isEqualTo(2000);
        }
    }

    @Test
    void testWithTeethIsGreenAndEachPlaceIsARound() {
        Inner inner = Inner.run(TeethTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.published("chaos.mustCatch")).containsExactly("7 places");
        assertThat(names(inner))
                .satisfiesExactly(
                        name -> assertThat(name).isEqualTo("as it is"),
                        name -> assertThat(name).matches(line("RUN_TWICE of UPDATE account SET ", "Bank.add")),
                        name -> assertThat(name).matches(line("DROP_WRITE of UPDATE account SET ", "Bank.add")),
                        name -> assertThat(name)
                                .matches(line("COMMIT_IN_THE_MIDDLE of UPDATE", "Bank.add") + ", hit 4"),
                        name -> assertThat(name)
                                .matches(line("COMMIT_INSTEAD_OF_ROLLBACK of ROLLBACK", "Transfers.transfer")),
                        name -> assertThat(name).matches(line("HIDE_ROW of SELECT balance FROM", "Bank.balances")),
                        name -> assertThat(name).matches(line("RUN_TWICE of UPDATE", "Bank.add") + ", hit 2"),
                        name -> assertThat(name).matches(line("DROP_WRITE of UPDATE", "Bank.add") + ", hit 2"));
    }

    private static String line(String begin, String caller) {
        return Pattern.quote(begin) + ".* from .*" + Pattern.quote(caller) + ":\\d+";
    }

    private static List<String> names(Inner inner) {
        return inner.results().testEvents().started().stream()
                .map(event -> event.getTestDescriptor().getDisplayName())
                .toList();
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class ToothlessTestCases {
        @ChaosMustCatch(value = Sabotage.RUN_TWICE, maxRounds = 1)
        void looksAtNothingThatMatters(DataSource bank) throws SQLException {
            Transfers transfers = new Transfers(bank);
            transfers.transfer(1, 2, 100);
            assertThat(transfers.wealth()).isPositive();
        }
    }

    @Test
    void toothlessTestIsFound() {
        String message =
                Inner.run(ToothlessTestCases.class, Map.of("chaos.seed", "7")).message();
        assertThat(message.replaceAll("Bank.add:\\d+", "Bank.add:LINE"))
                .isEqualTo(
                        "ChaosMustCatchTest$ToothlessTestCases.looksAtNothingThatMatters must fail when UPDATE account SET "
                                + "balance = balance + $1 WHERE id = $2 is run twice, but it passed. Assert how many rows there are, or"
                                + " what their values add up to. Where it makes no difference, leave the statement out with on."
                                + "\n  sabotage : RUN_TWICE"
                                + "\n  site     : sql:UPDATE account SET balance = balance + $1 WHERE id = $2, 1st on lane connection-1, from Bank.add:LINE"
                                + "\n  seed     : 7");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class WholeLifeTestCases {
        private DataSource bank;

        @ChaosMustCatch(Sabotage.DROP_WRITE)
        void looksBehindTheMethod(HikariDataSource pool) throws SQLException {
            bank = pool;
            new Transfers(pool).transfer(1, 2, 100);
        }

        @AfterEach
        void looks() throws SQLException {
            assertThat(Bank.balances(bank)).containsExactly(900, 1100);
        }
    }

    @Test
    void whatFailsBehindTheMethodCountsToo() {
        Inner inner = Inner.run(WholeLifeTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(3);
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class RedTestCases {
        @ChaosMustCatch(Sabotage.DROP_WRITE)
        void isRedByItself(DataSource bank) throws SQLException {
            new Transfers(bank).transfer(1, 2, 100);
            assertThat(Bank.balances(bank)).containsExactly(1, 1);
        }
    }

    @Test
    void testThatIsRedByItselfIsNotTriedFurther() {
        Inner inner = Inner.run(RedTestCases.class);
        assertThat(names(inner)).containsExactly("as it is");
        assertThat(inner.message()).contains("Expecting actual");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class PlacelessTestCases {
        @ChaosMustCatch(Sabotage.COMMIT_INSTEAD_OF_ROLLBACK)
        void rollsNothingBack(DataSource bank) throws SQLException {
            new Transfers(bank).transfer(1, 2, 100);
        }

        @ChaosMustCatch(Sabotage.COMMIT_IN_THE_MIDDLE)
        void writesByItself(DataSource bank) throws SQLException {
            try (Connection connection = bank.getConnection();
                    var insert = connection.createStatement()) {
                connection.setAutoCommit(false);
                insert.execute("INSERT INTO account VALUES (3, 1)");
                insert.execute("INSERT INTO account VALUES (4, 1)");
                connection.rollback();
            }
        }
    }

    @Test
    void sabotageWithoutAPlaceIsAMistake() {
        Inner inner = Inner.run(PlacelessTestCases.class);
        assertThat(inner.failures())
                .allSatisfy(thrown -> assertThat(thrown).isInstanceOf(ChaosException.class))
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder(
                        "@ChaosMustCatch(COMMIT_INSTEAD_OF_ROLLBACK) on ChaosMustCatchTest$PlacelessTestCases.rollsNothingBack"
                                + " must find a ROLLBACK of something that was written, but there was none. Statements that the "
                                + "test class sends itself don't count: have the code under test use the DataSource of the test, "
                                + "or remove COMMIT_INSTEAD_OF_ROLLBACK.",
                        "@ChaosMustCatch(COMMIT_IN_THE_MIDDLE) on ChaosMustCatchTest$PlacelessTestCases.writesByItself must find "
                                + "a transaction that writes twice, but there was none. Statements that the test class sends "
                                + "itself don't count: have the code under test use the DataSource of the test, or remove "
                                + "COMMIT_IN_THE_MIDDLE.");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class ChangingTestCases {
        private static int runs;

        @ChaosMustCatch(value = Sabotage.DROP_WRITE, maxRounds = 1)
        void doesSomethingElseEachTime(DataSource bank) throws SQLException {
            if (runs++ == 0) {
                new Transfers(bank).transfer(1, 2, 100);
            }
        }
    }

    @Test
    void placeThatIsNotReachedAgainIsNeitherGreenNorRed() {
        Inner inner = Inner.run(ChangingTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted())
                .hasSize(1)
                .first()
                .satisfies(thrown -> assertThat(thrown)
                        .isInstanceOf(TestAbortedException.class)
                        .hasMessageStartingWith("not tried: DROP_WRITE of UPDATE account SET balance")
                        .hasMessageEndingWith(" was not reached again. The test does something else each time."));
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class BesideTestCases {
        @ChaosTest
        @ChaosMustCatch(value = Sabotage.RUN_TWICE, on = "UPDATE account", maxRounds = 1)
        @Tag(ChaosTags.TRANSACTION)
        void isAChaosTestToo(DataSource bank) throws SQLException {
            Transfers transfers = new Transfers(bank);
            transfers.transfer(1, 2, 100);
            try (Connection connection = bank.getConnection()) {
                new Interest().pay(connection);
            }
            assertThat(Bank.balances(bank)).containsExactly(901, 1101);
        }
    }

    /** More code under test. */
    static final class Interest {
        void pay(Connection connection) throws SQLException {
            try (var update = connection.createStatement()) {
                update.executeUpdate("UPDATE account SET balance = balance + 1");
            }
        }
    }

    @Test
    void standsBesideAChaosTestAndSaysWhatItLeavesOut() {
        Inner inner = Inner.run(BesideTestCases.class);
        assertThat(inner.failures()).isEmpty();
        assertThat(names(inner)).hasSize(3).contains("round 1 of 1", "as it is");
        assertThat(inner.published("chaos.mustCatch")).containsExactly("3 places, 2 of them left out by maxRounds = 1");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class HarmlessTestCases {
        @ChaosMustCatch({Sabotage.RUN_TWICE, Sabotage.COMMIT_IN_THE_MIDDLE})
        void canBeRunTwice(DataSource bank) throws SQLException {
            new Reset(bank).run();
        }
    }

    /** Code under test that may run as often as it likes. */
    record Reset(DataSource bank) {
        void run() throws SQLException {
            try (Connection connection = bank.getConnection();
                    var update = connection.createStatement()) {
                connection.setAutoCommit(false);
                update.executeUpdate("UPDATE account SET balance = 5 WHERE id = 1");
                update.executeUpdate("DELETE FROM account WHERE id = 2");
                connection.commit();
            }
        }
    }

    @Test
    void whatMakesNoDifferenceIsNoReproach() {
        Inner inner = Inner.run(HarmlessTestCases.class);
        assertThat(inner.aborted())
                .extracting(Throwable::getMessage)
                .satisfiesExactly(
                        message -> assertThat(message)
                                .startsWith("not tried: RUN_TWICE of UPDATE account SET balance = ? WHERE id = ? from ")
                                .endsWith(" left the same data as without it, so nobody could notice."),
                        message -> assertThat(message)
                                .startsWith("not tried: RUN_TWICE of DELETE FROM account WHERE id = ? from ")
                                .endsWith(" changed no row, so nobody could notice."));
        assertThat(inner.message())
                .contains(
                        " must fail when the transaction is committed in the middle, before DELETE FROM account WHERE id = ?, "
                                + "but it passed. Have the transaction fail behind it (@ChaosFailure), and assert that nothing of it "
                                + "stays.");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class MistakenTestCases {
        @ChaosMustCatch({})
        void namesNothing(DataSource bank) {}

        @ChaosMustCatch(value = Sabotage.RUN_TWICE, maxRounds = 0)
        void triesNothing(DataSource bank) {}
    }

    @Test
    void mistakesAreSaid() {
        assertThat(Inner.run(MistakenTestCases.class).failures())
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder(
                        "@ChaosMustCatch on ChaosMustCatchTest$MistakenTestCases.namesNothing must say what the test is to "
                                + "catch, but names nothing. Choose from [COMMIT_INSTEAD_OF_ROLLBACK, COMMIT_IN_THE_MIDDLE, "
                                + "RUN_TWICE, DROP_WRITE, HIDE_ROW].",
                        "@ChaosMustCatch(maxRounds) on ChaosMustCatchTest$MistakenTestCases.triesNothing must be 1 or more, "
                                + "but was 0. To leave the check out, remove the annotation.");
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class OtherwiseATestTestCases {
        static int ran;

        @ChaosMustCatch(Sabotage.RUN_TWICE)
        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void hasArguments(int amount) {
            ran++;
        }

        @RepeatedTest(2)
        @ChaosMustCatch(Sabotage.RUN_TWICE)
        void isRepeated(DataSource bank) {
            ran++;
        }

        @ChaosMustCatch(Sabotage.RUN_TWICE)
        @ChaosSweep
        void isSwept(DataSource bank) {
            ran++;
        }
    }

    @Test
    void anotherAnnotationThatMakesATestIsRefusedBeforeAnythingRuns() {
        OtherwiseATestTestCases.ran = 0;
        assertThat(Inner.run(OtherwiseATestTestCases.class).failures())
                .extracting(Throwable::getMessage)
                .containsExactlyInAnyOrder(
                        another("OtherwiseATestTestCases.hasArguments", "ParameterizedTest"),
                        another("OtherwiseATestTestCases.isRepeated", "RepeatedTest"),
                        another("OtherwiseATestTestCases.isSwept", "ChaosSweep"));
        assertThat(OtherwiseATestTestCases.ran).isZero();
    }

    private static String another(String test, String annotation) {
        return "@ChaosMustCatch on ChaosMustCatchTest$" + test
                + " must be the only annotation that makes it a test, beside @ChaosTest, but there is @" + annotation
                + ". Remove that one, and try several values in one run of the test.";
    }

    @PostgresTest
    @IsolatedSchema("bank.sql")
    static class TwiceATestTestCases {
        @Test
        @ChaosMustCatch(Sabotage.RUN_TWICE)
        void isATestToo(DataSource bank) {}

        @TestFactory
        @ChaosMustCatch(Sabotage.RUN_TWICE)
        List<DynamicTest> makesTests() {
            return List.of();
        }
    }

    @Test
    void whatJUnitRunsBesideItIsRefusedToo() {
        assertThat(Inner.run(TwiceATestTestCases.class).failures())
                .extracting(Throwable::getMessage)
                .contains(
                        another("TwiceATestTestCases.isATestToo", "Test"),
                        "A chaos test must be a method of its own, but ChaosMustCatchTest$TwiceATestTestCases.makesTests is a "
                                + "@TestFactory. Use @ParameterizedTest, or @ChaosTest(rounds).");
    }

    @Test
    void nothingIsSabotagedInADryRun() {
        Inner inner = Inner.run(ToothlessTestCases.class, Map.of("chaos.dryRun", "true"));
        assertThat(inner.failures()).isEmpty();
        assertThat(names(inner)).containsExactly("as it is");
    }
}

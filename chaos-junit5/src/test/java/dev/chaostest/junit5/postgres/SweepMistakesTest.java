// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

class SweepMistakesTest {

    private static String said(Class<?> testCases) {
        return Inner.run(testCases).message().lines().findFirst().orElse("");
    }

    @Test
    void aFaultOfTheTestsOwnIsRefused() {
        assertThat(said(OwnFaultTestCases.class))
                .isEqualTo("A sweep chooses its faults by itself, one in each round, so"
                        + " SweepMistakesTest$OwnFaultTestCases.sweeps must have no other, but an annotation on"
                        + " it or on its class plans one. Move that to a test of its own.");
        assertThat(Inner.run(OwnFaultTestCases.class).names()).containsExactly("clean round");
    }

    @Test
    void aFaultOfItsClassIsRefused() {
        assertThat(said(ClassFaultTestCases.class))
                .startsWith("A sweep chooses its faults by itself, one in each round, so ");
    }

    @Test
    void anotherAnnotationThatMakesATestIsRefused() {
        String expected =
                ".sweeps must be the only annotation that makes it a test, but there is another, such as @Test or "
                        + "@ChaosTest. Remove that one.";
        assertThat(said(PlainTestTestCases.class))
                .isEqualTo("@ChaosSweep on SweepMistakesTest$PlainTestTestCases" + expected);
        assertThat(said(RoundsTestCases.class))
                .isEqualTo("@ChaosSweep on SweepMistakesTest$RoundsTestCases" + expected);
    }

    @Test
    void roundsThatWouldRunAtOnceAreRefused() {
        assertThat(said(ConcurrentTestCases.class))
                .isEqualTo(
                        "The rounds of @ChaosSweep on SweepMistakesTest$ConcurrentTestCases.sweeps must run one after"
                                + " the other, but @Execution(CONCURRENT) is on the method. Remove it.");
    }

    @Test
    void noRoundsAreRefused() {
        assertThat(said(NoRoundsTestCases.class))
                .isEqualTo("@ChaosSweep on SweepMistakesTest$NoRoundsTestCases.sweeps: maxRounds must be 1 or more, but"
                        + " was 0. To leave the sweep out, use @Disabled.");
    }

    @Test
    void aTimeThatIsNoneIsRefused() {
        assertThat(said(NoTimeTestCases.class))
                .isEqualTo(
                        "@ChaosSweep on SweepMistakesTest$NoTimeTestCases.sweeps: maxTime must be a number and a unit"
                                + " (us, ms, s, m or h), but was \"soon\". Write for example \"250ms\".");
    }

    @Test
    void anUnknownFaultIsRefusedWithTheNearest() {
        assertThat(said(UnknownFaultTestCases.class))
                .isEqualTo(
                        "@ChaosSweep on SweepMistakesTest$UnknownFaultTestCases.sweeps: faults of a sweep must be some"
                                + " of [23503, 23505, 40001, 40P01, 53300, 55P03, 57014, 57P01, 57P03, call fails,"
                                + " connection lost, no answer, no connection, slow], but \"conection lost\" is none. Did"
                                + " you mean \"connection lost\"?");
    }

    @Test
    void aTestThatArrivesNowhereIsRed() {
        Inner inner = Inner.run(NowhereTestCases.class);

        assertThat(inner.names())
                .containsExactly("clean round", "clean round, again", "verdict: 0 points, 0 rounds, 0 red");
        assertThat(inner.message())
                .startsWith("SweepMistakesTest$NowhereTestCases.sweeps: A sweep must see the test arrive somewhere, but"
                        + " nothing arrived. Have the code under test use the DataSource that is handed to the"
                        + " test method, or an object that is wrapped with @ChaosWrap.\n"
                        + "  verdict    : 0 points, 0 rounds, 0 red\n");
    }

    @PostgresTest
    static class OwnFaultTestCases {
        @ChaosSweep
        @ChaosFailure(sqlState = "40001")
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    @ChaosDelay("1ms")
    static class ClassFaultTestCases {
        @ChaosSweep
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class PlainTestTestCases {
        @Test
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    @Tag(ChaosTags.RECOVERY)
    static class RoundsTestCases {
        @ChaosTest
        @ChaosSweep(faults = "57014")
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class ConcurrentTestCases {
        @ChaosSweep
        @Execution(ExecutionMode.CONCURRENT)
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class NoRoundsTestCases {
        @ChaosSweep(maxRounds = 0)
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class NoTimeTestCases {
        @ChaosSweep(maxTime = "soon")
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class UnknownFaultTestCases {
        @ChaosSweep(faults = "conection lost")
        void sweeps(DataSource bank) throws SQLException {
            Bank.ask(bank, "SELECT 1");
        }
    }

    @PostgresTest
    static class NowhereTestCases {
        @ChaosSweep
        void sweeps(DataSource bank) {
            assertThat(bank).isNotNull();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.Inner;
import org.junit.jupiter.api.Test;

/** Every mistake on an annotation fails the class before anything ran, with one message that says what to do. */
class MistakesTest {

    @Test
    void anSqlStateOfFourLetters() {
        assertThat(messageOf(FourLettersTestCases.class))
                .startsWith("@ChaosFailure on FourLettersTestCases.isNeverRun: ")
                .contains("4001");
    }

    @PostgresTest
    static class FourLettersTestCases {
        @Test
        @ChaosFailure(sqlState = "4001", on = "UPDATE account")
        void isNeverRun() {
            throw new AssertionError("ran");
        }

        @Test
        void isNotRunEither() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aProbabilityOfOneAndAHalf() {
        assertThat(messageOf(ProbabilityTestCases.class))
                .isEqualTo("@ChaosCut on ProbabilityTestCases.isNeverRun: probability must be between 0 and 1, but was "
                        + "1.5. Write 0.1 for one hit in ten.");
    }

    @PostgresTest
    static class ProbabilityTestCases {
        @Test
        @ChaosCut(probability = 1.5)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aRegularExpressionThatDoesNotParse() {
        assertThat(messageOf(RegexTestCases.class))
                .startsWith("@ChaosDelay on RegexTestCases.isNeverRun: ")
                .contains("UPDATE (");
    }

    @PostgresTest
    static class RegexTestCases {
        @Test
        @ChaosDelay(matching = "UPDATE (")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void twoTargets() {
        assertThat(messageOf(TwoTargetsTestCases.class))
                .isEqualTo(
                        "@ChaosCut on TwoTargetsTestCases: only one of on and matching must be set, but both are. Use "
                                + "one annotation for each.");
    }

    @PostgresTest
    @ChaosCut(on = "UPDATE account", matching = "balance")
    static class TwoTargetsTestCases {
        @Test
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void twoTriggers() {
        assertThat(messageOf(TwoTriggersTestCases.class))
                .isEqualTo(
                        "@ChaosCut on TwoTriggersTestCases.isNeverRun: only one of nth, every, probability and during "
                                + "must be set, but there were 2. Use one annotation for each.");
    }

    @PostgresTest
    static class TwoTriggersTestCases {
        @Test
        @ChaosCut(nth = 2, probability = 0.5)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aDelayWithTwoLengths() {
        assertThat(messageOf(TwoLengthsTestCases.class))
                .isEqualTo(
                        "@ChaosDelay on TwoLengthsTestCases.isNeverRun: the length must be given by value, or by min "
                                + "and max, but both are set. Remove one of them.");
    }

    @PostgresTest
    static class TwoLengthsTestCases {
        @Test
        @ChaosDelay(value = "1ms", max = "2ms")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aDurationWithoutAUnit() {
        assertThat(messageOf(NoUnitTestCases.class))
                .isEqualTo(
                        "@ChaosDelay on NoUnitTestCases.isNeverRun: value must be a number and a unit (us, ms, s, m or "
                                + "h), but was \"250\". Write for example \"250ms\".");
    }

    @PostgresTest
    static class NoUnitTestCases {
        @Test
        @ChaosDelay("250")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aFailureAtTheBeginOfATransaction() {
        assertThat(messageOf(FailingBeginTestCases.class))
                .isEqualTo(
                        "@ChaosFailure on FailingBeginTestCases.isNeverRun: operation must be one that can fail, but "
                                + "was BEGIN. Delay or cut it, or fail the COMMIT.");
    }

    @PostgresTest
    static class FailingBeginTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", operation = Operation.BEGIN)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void negativeTimes() {
        assertThat(messageOf(NegativeTestCases.class))
                .isEqualTo(
                        "@ChaosFailure on NegativeTestCases.isNeverRun: times must be 0 (for all) or more, but was -2. "
                                + "To inject nothing, remove the annotation.");
    }

    @PostgresTest
    static class NegativeTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", times = -2)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    private static String messageOf(Class<?> testCases) {
        Inner inner = Inner.run(testCases);
        assertThat(inner.results().testEvents().started().count()).isZero();
        return inner.message();
    }
}

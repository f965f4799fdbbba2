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

    @PostgresTest
    static class RowThatFailsTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", operation = Operation.ROW)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void rowCanNotFail() {
        assertThat(messageOf(RowThatFailsTestCases.class))
                .isEqualTo(
                        "@ChaosFailure on RowThatFailsTestCases.isNeverRun: operation must be one that can fail, but "
                                + "was ROW. Delay or cut it, or fail the COMMIT.");
    }

    @PostgresTest
    static class ConnectWithTextTestCases {
        @Test
        @ChaosCut(on = "account", operation = Operation.CONNECT)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void connectHasNoText() {
        assertThat(messageOf(ConnectWithTextTestCases.class))
                .isEqualTo("@ChaosCut on ConnectWithTextTestCases.isNeverRun: on and matching must not be set with "
                        + "operation = CONNECT, which is no statement, but on is \"account\". Remove it.");
    }

    @PostgresTest
    static class TwoShapesTestCases {
        @Test
        @ChaosDelay(value = "1ms", deviation = "1ms", p99 = "5ms")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void lengthHasOneShape() {
        assertThat(messageOf(TwoShapesTestCases.class))
                .isEqualTo(
                        "@ChaosDelay on TwoShapesTestCases.isNeverRun: only one of deviation and p99 must be set, but "
                                + "both are. Remove one of them.");
    }

    @PostgresTest
    static class ShapeWithoutValueTestCases {
        @Test
        @ChaosDelay(p99 = "5ms")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void shapeNeedsAValue() {
        assertThat(messageOf(ShapeWithoutValueTestCases.class))
                .isEqualTo(
                        "@ChaosDelay on ShapeWithoutValueTestCases.isNeverRun: deviation and p99 must go with value, "
                                + "but that is not set. Set value to the mean or the median.");
    }

    @Test
    void aPoolOfNone() {
        assertThat(messageOf(PoolOfNoneTestCases.class))
                .isEqualTo(
                        "@PoolSize on PoolOfNoneTestCases.isNeverRun must be from 1 to 1000, but was 0. Write how many "
                                + "connections are open at once.");
    }

    @PostgresTest
    static class PoolOfNoneTestCases {
        @Test
        @PoolSize(0)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aPoolOfTooMany() {
        assertThat(messageOf(PoolOfManyTestCases.class))
                .isEqualTo("@PoolSize on PoolOfManyTestCases must be from 1 to 1000, but was 1001. Write how many "
                        + "connections are open at once.");
    }

    @PostgresTest
    @PoolSize(1001)
    static class PoolOfManyTestCases {
        @Test
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aCutWhereNoConnectionIsYet() {
        assertThat(messageOf(CutAcquireTestCases.class))
                .isEqualTo(
                        "@ChaosCut on CutAcquireTestCases.isNeverRun: operation must be one on a connection, but was "
                                + "ACQUIRE, which has none yet. Use @ChaosFailure.");
    }

    @PostgresTest
    static class CutAcquireTestCases {
        @Test
        @ChaosCut(operation = Operation.ACQUIRE)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aStatementToAcquire() {
        assertThat(messageOf(AcquireOnTestCases.class))
                .isEqualTo(
                        "@ChaosDelay on AcquireOnTestCases.isNeverRun: on and matching must not be set with operation = "
                                + "ACQUIRE, which is no statement, but on is \"COMMIT\". Remove it.");
    }

    @PostgresTest
    static class AcquireOnTestCases {
        @Test
        @ChaosDelay(on = "COMMIT", operation = Operation.ACQUIRE)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aStateThatNoConnectFailsWith() {
        assertThat(messageOf(AcquireStateTestCases.class))
                .isEqualTo("@ChaosFailure on AcquireStateTestCases.isNeverRun: sqlState must be one that an attempt to "
                        + "connect fails with, one of [08001, 53300, 57P03], but was 40001. Leave it out for a "
                        + "pool whose connections are all in use.");
    }

    @PostgresTest
    static class AcquireStateTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", operation = Operation.ACQUIRE)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aMessageOfThePools() {
        assertThat(messageOf(AcquireMessageTestCases.class))
                .isEqualTo(
                        "@ChaosFailure on AcquireMessageTestCases.isNeverRun: message must not be set with operation "
                                + "ACQUIRE, where it is the pool's. Remove it.");
    }

    @PostgresTest
    static class AcquireMessageTestCases {
        @Test
        @ChaosFailure(message = "no", operation = Operation.ACQUIRE)
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aFailureWithoutAState() {
        assertThat(messageOf(NoStateTestCases.class))
                .isEqualTo(
                        "@ChaosFailure on NoStateTestCases.isNeverRun: sqlState must say what the statement fails with, "
                                + "but is missing. Use for example \"40001\" (serialization failure); only operation "
                                + "ACQUIRE has none.");
    }

    @PostgresTest
    static class NoStateTestCases {
        @Test
        @ChaosFailure(on = "UPDATE account")
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

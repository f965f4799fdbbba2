// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.Failure;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.EventCollector;
import dev.chaostest.watch.Events;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.ObjectStreamException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChaosWrapTest {

    private static final Map<String, String> PARALLEL = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.config.strategy", "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "2");

    interface Gateway {
        String charge(int amount) throws IOException;

        default String refund(int amount) {
            return "refunded " + amount;
        }
    }

    /** A gateway with behaviour: it remembers what it charged. */
    private static final class Till implements Gateway {
        private final List<Integer> charged = new ArrayList<>();

        @Override
        public String charge(int amount) {
            charged.add(amount);
            return "charged " + amount;
        }
    }

    /** What a class of test cases shares. */
    @Tag(ChaosTags.TRANSACTION)
    abstract static class Shop {
        final Till till = new Till();

        @ChaosWrap
        Gateway gateway = till;
    }

    @Test
    void callsFailAsTheAnnotationSays() {
        Inner inner = Inner.run(FailingTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(5);
    }

    static class FailingTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, method = "charge", exception = IOException.class, times = 2)
        void twiceBeforeTheEffect(ChaosScope scope) throws IOException {
            for (int attempt = 0; attempt < 2; attempt++) {
                assertThatThrownBy(() -> gateway.charge(5))
                        .isExactlyInstanceOf(IOException.class)
                        .hasMessage("injected by a chaos test");
            }
            assertThat(gateway.charge(5)).isEqualTo("charged 5");
            assertThat(till.charged).containsExactly(5);
            assertThat(scope.fired())
                    .extracting(fired -> fired.hit().toString())
                    .containsExactly(
                            "call:Gateway.charge, 1st on lane gateway-1", "call:Gateway.charge, 2nd on lane gateway-1");
            assertThat(gateway.refund(1)).isEqualTo("refunded 1");
        }

        @ChaosTest
        @ChaosCallFailure(
                on = Gateway.class,
                exception = FileNotFoundException.class,
                message = "gone",
                strikes = When.AFTER,
                nth = 2)
        void behindTheSecondEffect() throws IOException {
            gateway.charge(1);

            assertThatThrownBy(() -> gateway.charge(2))
                    .isInstanceOf(FileNotFoundException.class)
                    .hasMessage("gone");
            assertThat(till.charged).containsExactly(1, 2);
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = Bare.class)
        void withAnExceptionThatTakesNoMessage() {
            assertThatThrownBy(() -> gateway.refund(1)).isInstanceOf(Bare.class).hasMessage(null);
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, object = "gateway", exception = IllegalStateException.class, every = 2)
        @ChaosCallFailure(on = Gateway.class, object = "other", exception = IllegalStateException.class, mayMiss = true)
        void onOneObjectOnly() {
            assertThat(gateway.refund(1)).isEqualTo("refunded 1");
            assertThatThrownBy(() -> gateway.refund(1)).isInstanceOf(IllegalStateException.class);
        }

        @ChaosTest
        @ChaosCallDelay(value = "1m", on = Gateway.class, method = "charge")
        void slowlyInVirtualTime(VirtualTime time) throws Exception {
            CompletableFuture<String> charge = CompletableFuture.supplyAsync(() -> {
                try {
                    return gateway.charge(5);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            time.awaitTimers(1, Duration.ofSeconds(30));
            assertThat(till.charged).isEmpty();

            time.advance(Duration.ofMinutes(1));

            assertThat(charge.get(30, TimeUnit.SECONDS)).isEqualTo("charged 5");
        }
    }

    /** Takes no message. */
    public static final class Bare extends RuntimeException {
        private static final long serialVersionUID = 1L;

        /** With none. */
        public Bare() {}
    }

    @Test
    void nothingStrikesBeforeAndAfterTheTest() {
        Inner inner = Inner.run(AroundTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(2);
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class AroundTestCases extends Shop {
        private @Nullable Gateway before;

        @BeforeEach
        void isWrappedAndIdle() throws IOException {
            assertThat(gateway).isNotSameAs(till);
            assertThat(gateway).isNotSameAs(before);
            assertThat(gateway.charge(1)).isEqualTo("charged 1");
            before = gateway;
        }

        @AfterEach
        void isIdle() {
            assertThatCode(() -> gateway.charge(3)).doesNotThrowAnyException();
        }

        @ChaosTest(rounds = 2)
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class, times = 0)
        void strikes() {
            assertThatThrownBy(() -> gateway.charge(2)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void anExceptionOfTheTestClassNeedNotBePublicItself() {
        Inner inner = Inner.run(OwnExceptionTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    static class OwnExceptionTestCases extends Shop {
        static class Declined extends RuntimeException {
            private static final long serialVersionUID = 1L;

            public Declined(String message) {
                super(message);
            }
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = Declined.class)
        void strikes() {
            assertThatThrownBy(() -> gateway.charge(2))
                    .isExactlyInstanceOf(Declined.class)
                    .hasMessage("injected by a chaos test");
        }
    }

    @Test
    void twoTestsAtOnceDoNotShareTheFieldOfOneInstance() {
        Inner inner = Inner.run(SharedTestCases.class, PARALLEL);

        assertThat(inner.succeeded()).isEqualTo(1);
        assertThat(inner.message())
                .contains(
                        "@ChaosWrap on Shop.gateway: one test at a time must have the instance whose field it is, but "
                                + "two run at once. Give each its own (@TestInstance(PER_METHOD)), or run them on one thread "
                                + "(@Execution(SAME_THREAD)).");
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    @Execution(ExecutionMode.CONCURRENT)
    static class SharedTestCases extends Shop {
        private final CountDownLatch otherIsOver = new CountDownLatch(1);

        @RegisterExtension
        final AfterEachCallback over = context -> otherIsOver.countDown();

        @ChaosTest
        void one() throws Exception {
            await();
        }

        @ChaosTest
        void other() throws Exception {
            await();
        }

        private void await() throws InterruptedException {
            assertThat(otherIsOver.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theFieldIsPutBackAlsoBehindAFailedBeforeEach() {
        Inner inner = Inner.run(FailingBeforeEachTestCases.class);

        assertThat(inner.succeeded()).isEqualTo(1);
        assertThat(inner.message()).contains("before the first");
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class FailingBeforeEachTestCases extends Shop {
        private boolean failed;

        @BeforeEach
        void failsAtFirst() {
            assertThat(gateway).isNotSameAs(till);
            if (!failed) {
                failed = true;
                throw new AssertionError("before the first");
            }
        }

        @AfterAll
        void isAsItWas() {
            assertThat(gateway).isSameAs(till);
        }

        @RepeatedTest(2)
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class)
        void strikes() {
            assertThatThrownBy(() -> gateway.charge(2)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void eachInvocationOfAParameterizedTestHasItsOwnFaults() {
        Inner inner = Inner.run(ParameterizedTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(4);
    }

    static class ParameterizedTestCases extends Shop {
        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class)
        void strikes(int amount) throws IOException {
            assertThatThrownBy(() -> gateway.charge(amount)).isInstanceOf(IOException.class);
            gateway.charge(amount);
            assertThat(till.charged).containsExactly(amount);
        }

        @Nested
        @TestInstance(TestInstance.Lifecycle.PER_CLASS)
        class WhenNested {
            @ParameterizedTest
            @ValueSource(ints = {1, 2})
            @ChaosCallFailure(on = Gateway.class, exception = IOException.class)
            void strikes(int amount, ChaosScope scope) {
                assertThatThrownBy(() -> gateway.charge(amount)).isInstanceOf(IOException.class);
                assertThat(scope.fired().get(0).hit().lane()).hasToString("gateway-1");
            }
        }
    }

    @Test
    void theFieldOfAnEnclosingClassIsWrappedToo() {
        Inner inner = Inner.run(EnclosingTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    static class EnclosingTestCases extends Shop {
        @Nested
        class WhenNested {
            @ChaosTest
            @ChaosCallFailure(on = Gateway.class, exception = InterruptedIOException.class)
            void strikes() {
                assertThatThrownBy(() -> gateway.charge(2)).isInstanceOf(InterruptedIOException.class);
            }
        }
    }

    @Test
    void aParameterGetsWhatTheTestNames() {
        Inner inner = Inner.run(ParameterTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(2);
    }

    @Tag(ChaosTags.TRANSACTION)
    static class ParameterTestCases {
        private final Till till = new Till();

        Gateway other() {
            return till;
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, object = "till", exception = IOException.class)
        void ofAField(@ChaosWrap(from = "till") Gateway gateway) throws IOException {
            assertThatThrownBy(() -> gateway.charge(5)).isInstanceOf(IOException.class);
            assertThat(gateway.charge(5)).isEqualTo("charged 5");
            assertThat(till.charged).containsExactly(5);
        }

        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, object = "shop", exception = IOException.class)
        void ofAMethodUnderANameOfItsOwn(@ChaosWrap(value = "shop", from = "other") Gateway gateway) {
            assertThatThrownBy(() -> gateway.charge(5)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTestIsHandedWhatItCollectsEventsWith() {
        Inner inner = Inner.run(CollectingTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.succeeded()).isEqualTo(1);
    }

    static class CollectingTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = IOException.class)
        void ofTheLedgerAndOfItsOwn(
                EventCollector<LedgerEntry.Fired> fired, EventCollector<LedgerEntry> all, Events<String> events) {
            try (EventCollector<String> own = events.collect(String.class)) {
                assertThatThrownBy(() -> gateway.charge(5)).isInstanceOf(IOException.class);
                events.emit("seen");

                assertThat(fired.await(Duration.ofSeconds(30)).fault()).isInstanceOf(Failure.class);
                assertThat(own.await(Duration.ofSeconds(30))).isEqualTo("seen");
                assertThat(all.count()).isGreaterThan(fired.count());
            }
        }
    }

    @Test
    void aFaultThatNobodyMetIsRed() {
        assertThat(Inner.run(MissedTestCases.class).message())
                .contains("Every planned fault must strike, and come back as planned, but one did not.")
                .contains(
                        "missed : planned was failure java.io.IOException: injected by a chaos test before the effect "
                                + "at call:Gateway.charge, hit 1, but nothing arrived there");
    }

    static class MissedTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, method = "charge", exception = IOException.class)
        void callsSomethingElse() {
            gateway.refund(1);
        }
    }

    @Test
    void mistakesAreNamed() {
        assertThat(Inner.run(MethodTestCases.class).message())
                .contains(
                        "@ChaosCallFailure on ChaosWrapTest$MethodTestCases.isNeverRun: The method must be one of "
                                + "dev.chaostest.junit5.ChaosWrapTest$Gateway, but \"chargee\" is none. Did you mean \"charge\" or \"refund\"?");
        assertThat(Inner.run(ExceptionTestCases.class).message())
                .contains(
                        "@ChaosCallFailure on ChaosWrapTest$ExceptionTestCases.isNeverRun: exception must be a class with "
                                + "a public constructor that takes a message or nothing, but java.io.ObjectStreamException has none. "
                                + "Write the rule with Failure.of(...) and scope.inject.");
        assertThat(Inner.run(DelayTestCases.class).message())
                .contains(
                        "@ChaosCallDelay on ChaosWrapTest$DelayTestCases.isNeverRun: deviation and p99 must go with value, "
                                + "but that is not set. Set value to the mean or the median.");
        assertThat(Inner.run(FinalTestCases.class).message())
                .contains(
                        "@ChaosWrap on FinalTestCases.gateway: the field must be an instance field that is not final, of "
                                + "an interface type, but is \"final Gateway\". Change it, or use scope.wrap.");
        assertThat(Inner.run(ClassTestCases.class).message())
                .contains(
                        "@ChaosWrap on ClassTestCases.gateway: the field must be an instance field that is not final, of "
                                + "an interface type, but is \"Till\". Change it, or use scope.wrap.");
        assertThat(Inner.run(FromTestCases.class).message())
                .contains(
                        "@ChaosWrap on ChaosWrapTest$FromTestCases.isNeverRun: from must name a field or a method without "
                                + "parameters of the test class that holds a Gateway, but \"number\" is of type Integer. Name what is "
                                + "to be called in the end.");
        assertThat(Inner.run(NullTestCases.class).message())
                .contains("@ChaosWrap on NullTestCases.gateway: the field must hold what is to be wrapped before "
                        + "@BeforeEach, but was null. Set it where it is declared, or use scope.wrap.");
    }

    static class MethodTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, method = "chargee", exception = IOException.class)
        void isNeverRun() {}
    }

    static class ExceptionTestCases extends Shop {
        @ChaosTest
        @ChaosCallFailure(on = Gateway.class, exception = ObjectStreamException.class)
        void isNeverRun() {}
    }

    static class DelayTestCases extends Shop {
        @ChaosTest
        @ChaosCallDelay(on = Gateway.class, p99 = "1s")
        void isNeverRun() {}
    }

    @Tag(ChaosTags.TRANSACTION)
    static class FromTestCases {
        final int number = 7;

        @ChaosTest
        void isNeverRun(@ChaosWrap(from = "number") Gateway gateway) {}
    }

    @Tag(ChaosTags.TRANSACTION)
    static class FinalTestCases {
        @ChaosWrap
        final Gateway gateway = new Till();

        @ChaosTest
        void isNeverRun() {}
    }

    @Tag(ChaosTags.TRANSACTION)
    static class ClassTestCases {
        @ChaosWrap
        Till gateway = new Till();

        @ChaosTest
        void isNeverRun() {}
    }

    @Tag(ChaosTags.TRANSACTION)
    static class NullTestCases {
        @ChaosWrap
        @Nullable
        Gateway gateway;

        @ChaosTest
        void isNeverRun() {}
    }
}

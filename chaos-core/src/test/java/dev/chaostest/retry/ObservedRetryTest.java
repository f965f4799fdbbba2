// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.RetryConfig;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Looks at retries that users have, from below them: a library's, and one made by hand. */
class ObservedRetryTest {

    private static final Backoff DOUBLING = Backoff.exponential(Duration.ofMillis(100), 2, Duration.ofSeconds(5));

    private final LeapingTime time = new LeapingTime();
    private final Attempts attempts = Attempts.of("charge", time);

    @Nested
    class WhenItIsResilience4j {

        private RetryConfig config(IntervalFunction interval) {
            return RetryConfig.custom()
                    .maxAttempts(5)
                    .intervalFunction(interval)
                    .retryExceptions(ConnectException.class)
                    .build();
        }

        private CompletableFuture<String> callOutage(RetryConfig config) {
            Supplier<CompletionStage<String>> outage =
                    () -> CompletableFuture.failedFuture(new ConnectException("refused"));
            return io.github.resilience4j.retry.Retry.of("charge", config)
                    .executeCompletionStage(new TimedExecutor(time), attempts.stage(outage))
                    .toCompletableFuture();
        }

        @Test
        void itsExponentialBackOffIsSeen() {
            CompletableFuture<String> result = callOutage(config(IntervalFunction.ofExponentialBackoff(100, 2)));

            assertThatThrownBy(result::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasRootCauseMessage("refused");
            attempts.requireCount(5)
                    .requireBackoff(DOUBLING, Duration.ZERO)
                    .requireGrowingGaps()
                    .requireTotal(Duration.ofMillis(1_500))
                    .requireAmplification(1, 6);
        }

        @Test
        void itsRandomBackOffStaysWithinItsBounds() {
            assertThat(callOutage(config(IntervalFunction.ofExponentialRandomBackoff(100, 2, 0.5))))
                    .isCompletedExceptionally();

            attempts.requireCount(5).requireGaps(Duration.ofMillis(50), Duration.ofMillis(1_200));
        }

        @Test
        void aBackOffThatWasForgottenToGrowIsRed() {
            assertThat(callOutage(config(IntervalFunction.of(100)))).isCompletedExceptionally();

            assertThatThrownBy(attempts::requireGrowingGaps).isInstanceOf(AssertionError.class);
            assertThatThrownBy(() -> attempts.requireBackoff(DOUBLING, Duration.ZERO))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining(
                            "must begin 200ms to 200ms after the one before ended, but attempt 3 began 100ms "
                                    + "after.");
        }

        @Test
        void itsBlockingFormIsSeenOnRealTime() throws Exception {
            Attempts real = Attempts.of("charge", TimeSource.system());
            RetryConfig config = config(IntervalFunction.of(5));
            Flaky flaky = Flaky.refused(2);

            Callable<String> charge = io.github.resilience4j.retry.Retry.decorateCallable(
                    io.github.resilience4j.retry.Retry.of("charge", config), real.callable(flaky));

            assertThat(charge.call()).isEqualTo("done");
            real.requireCount(3).requireGaps(Duration.ofMillis(4), Duration.ofSeconds(30));
        }

        @Test
        void whatItIsNotToRetryIsTriedOnce() {
            Callable<String> charge = io.github.resilience4j.retry.Retry.decorateCallable(
                    io.github.resilience4j.retry.Retry.of("charge", config(IntervalFunction.of(5))),
                    attempts.callable(new Flaky(new IllegalStateException("a bug"))));

            assertThatThrownBy(charge::call).hasMessage("a bug");
            attempts.requireCount(1);
        }
    }

    @Nested
    class WhenItIsMadeByHand {

        /** As it is often written: everything is worth a retry, at once, programming errors included. */
        private String carelessly(Callable<String> task, int attemptsMax) throws Exception {
            for (int i = 1; ; i++) {
                try {
                    return task.call();
                } catch (Exception failure) {
                    if (i == attemptsMax) {
                        throw failure;
                    }
                }
            }
        }

        @Test
        void aMissingBackOffIsRed() throws Exception {
            carelessly(attempts.callable(Flaky.refused(2)), 3);

            assertThatThrownBy(() -> attempts.requireGaps(Duration.ofMillis(50), Duration.ofSeconds(5)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("but attempt 2 began 0us after.");
        }

        @Test
        void aProgrammingErrorThatIsTriedAgainIsRed() {
            IllegalArgumentException bug = new IllegalArgumentException("a bug");

            assertThatThrownBy(() -> carelessly(attempts.callable(new Flaky(bug, bug, bug)), 3))
                    .isSameAs(bug);

            assertThatThrownBy(() -> attempts.requireCount(1))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("Attempts of \"charge\" must be 1, but were 3. ");
        }

        @Test
        void retriesOnTwoFloorsMultiplyAndAreRed() {
            Attempts above = Attempts.of("order", time);

            for (int i = 0; i < 10; i++) {
                Callable<String> outage = attempts.callable(Flaky.refused(9));
                Callable<String> order = above.callable(() -> carelessly(() -> carelessly(outage, 3), 3));
                assertThatThrownBy(order::call).isInstanceOf(ConnectException.class);
            }

            assertThatThrownBy(() -> attempts.requireAmplification(above.count(), 1.5))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith(
                            "Attempts of \"charge\" must be less than 1.5 for each call, but were 90 for 10 "
                                    + "calls (9.00). ");
        }

        @Test
        void aBudgetKeepsTheAmplificationLow() {
            RetryPolicy bounded = RetryPolicy.on(Flaky.REFUSED)
                    .withBackoff(Backoff.fixed(Duration.ZERO))
                    .withBudget(new RetryBudget(0.1, 0));
            Retry retry = Retry.of("charge", bounded, new Seed(77), time);

            for (int i = 0; i < 100; i++) {
                Callable<String> outage = attempts.callable(Flaky.refused(9));
                assertThatThrownBy(() -> retry.call(outage)).isInstanceOf(RetriesExhaustedException.class);
            }

            attempts.requireAmplification(100, 1.11);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class StubbornRetryTest {

    private static final RetryPolicy AT_ONCE = RetryPolicy.on(Flaky.REFUSED).withBackoff(Backoff.fixed(Duration.ZERO));

    @Test
    void aThousandAttemptsThatFailAtOnceDoNotGrowTheStack() {
        Retry retry = Retry.of("charge", AT_ONCE.withAttempts(1_000), new Seed(7), TimeSource.system());
        AtomicInteger attempts = new AtomicInteger();

        CompletableFuture<String> result = retry.<String>callAsync(
                        () -> {
                            attempts.incrementAndGet();
                            return CompletableFuture.failedFuture(new ConnectException("refused"));
                        },
                        Runnable::run)
                .toCompletableFuture();

        assertThatThrownBy(() -> result.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RetriesExhaustedException.class);
        assertThat(attempts).hasValue(1_000);
    }

    @Test
    void whatOthersSuppressInItIsNotCountedAsAnAttempt() {
        Retry retry = Retry.of("charge", AT_ONCE.withAttempts(2), new Seed(7), TimeSource.system());

        assertThatThrownBy(() -> {
                    try (AutoCloseable resource = () -> {
                        throw new IOException("closing failed");
                    }) {
                        retry.call(() -> {
                            throw new ConnectException("refused");
                        });
                    }
                })
                .isInstanceOfSatisfying(RetriesExhaustedException.class, exhausted -> {
                    assertThat(exhausted.getSuppressed()).hasSize(3);
                    assertThat(exhausted.attempts()).isEqualTo(2);
                });
    }

    @Test
    void noAttemptBeginsAtTheDeadlineItself() {
        LeapingTime time = new LeapingTime(Duration.ofSeconds(1)); // each timer comes as much too late
        Retry retry = Retry.of(
                "charge",
                RetryPolicy.on(Flaky.REFUSED)
                        .withBackoff(Backoff.fixed(Duration.ofSeconds(1)))
                        .withDeadline(Duration.ofSeconds(2)),
                new Seed(7),
                time);
        Flaky flaky = Flaky.refused(1);

        assertThatThrownBy(() -> retry.call(flaky))
                .isInstanceOfSatisfying(
                        RetriesExhaustedException.class,
                        exhausted -> assertThat(exhausted.limit()).isEqualTo(RetryEvent.Next.DEADLINE));
        assertThat(flaky.calls()).isEqualTo(1);
    }

    @Test
    void budgetsPrintTheNumbersTheyHave() {
        assertThat(new RetryBudget(10, 1_000)).hasToString("1000% of the calls plus 1000 a second");
        assertThat(new RetryBudget(0.1, 250_000)).hasToString("10% of the calls plus 250000 a second");
        assertThat(new RetryBudget(0.015, 0)).hasToString("1.5% of the calls plus 0 a second");
    }

    @Test
    void observerHandsOnAFailureThatCanNotBePrinted() {
        class Unprintable extends RuntimeException {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new IllegalStateException("no session");
            }
        }
        Unprintable failure = new Unprintable();
        Attempts attempts = Attempts.of("charge", new VirtualTime());

        assertThatThrownBy(attempts.runnable(() -> {
                    throw failure;
                })::run)
                .isSameAs(failure);
        assertThat(attempts.all()).extracting(Attempt::how).containsExactly(Unprintable.class.getName());
    }

    @Test
    void observerHandsOnThatThereWasNoStage() {
        Attempts attempts = Attempts.of("charge", new VirtualTime());

        assertThat(attempts.<String>stage(() -> null).get()).isNull();
        assertThat(attempts.all()).extracting(Attempt::how).containsExactly("no stage");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Seed;
import dev.chaostest.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class AsyncRetryTest {

    private static final RetryPolicy POLICY = RetryPolicy.on(Flaky.REFUSED)
            .withAttempts(3)
            .withBackoff(Backoff.exponential(Duration.ofSeconds(1), 2, Duration.ofMinutes(1)));

    private final VirtualTime time = new VirtualTime();
    private final Retry retry = Retry.of("charge", POLICY, new Seed(77), time);

    private CompletableFuture<String> begin(Flaky flaky) {
        return retry.callAsync(later(flaky), Runnable::run).toCompletableFuture();
    }

    private static Supplier<CompletableFuture<String>> later(Flaky flaky) {
        return () -> {
            try {
                return CompletableFuture.completedFuture(flaky.call());
            } catch (Exception failure) {
                return CompletableFuture.failedFuture(new CompletionException(failure));
            }
        };
    }

    @Test
    void attemptsFollowEachOtherAfterTheirBackOffs() {
        Flaky flaky = Flaky.refused(2);
        CompletableFuture<String> result = begin(flaky);
        assertThat(flaky.calls()).isEqualTo(1);

        time.advance(Duration.ofMillis(999));
        assertThat(flaky.calls()).isEqualTo(1);
        time.advance(Duration.ofMillis(1));
        assertThat(flaky.calls()).isEqualTo(2);
        assertThat(result).isNotDone();
        time.advance(Duration.ofSeconds(2));

        assertThat(result).isCompletedWithValue("done");
        assertThat(retry.stats()).isEqualTo(new RetryStats(1, 3, new TreeMap<>(Map.of("refused", 2L)), 0, 0));
    }

    @Test
    void theLastFailureIsTheCauseAndNoneIsWrapped() {
        CompletableFuture<String> result = begin(Flaky.refused(9));
        time.advance(Duration.ofSeconds(3));

        assertThatThrownBy(result::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(RetriesExhaustedException.class)
                .hasCauseInstanceOf(ConnectException.class)
                .satisfies(end -> assertThat(end.getSuppressed()).hasSize(3));
    }

    @Test
    void whatIsNotWorthARetryEndsIt() {
        IllegalStateException bug = new IllegalStateException("a bug");

        assertThatThrownBy(begin(new Flaky(bug))::get).hasCause(bug);
        assertThat(time.timers()).isEmpty();
    }

    @Test
    void whatFailsBeforeThereIsAStageIsAnAttemptToo() {
        CompletableFuture<String> result = retry.<String>callAsync(
                        () -> {
                            throw new IllegalStateException("no stage");
                        },
                        Runnable::run)
                .toCompletableFuture();

        assertThatThrownBy(result::get).hasRootCauseMessage("no stage");
        assertThat(retry.stats().attempts()).isEqualTo(1);
    }

    @Test
    void cancellingTakesTheBackOffBack() {
        Flaky flaky = Flaky.refused(9);
        CompletableFuture<String> result = begin(flaky);
        assertThat(time.timers()).hasSize(1);

        assertThat(result.cancel(false)).isTrue();

        assertThat(time.timers()).isEmpty();
        time.advance(Duration.ofMinutes(5));
        assertThat(flaky.calls()).isEqualTo(1);
    }

    @Test
    void theDeadlineHoldsHereToo() {
        Retry short_ = Retry.of("charge", POLICY.withDeadline(Duration.ofSeconds(2)), new Seed(77), time);
        CompletableFuture<String> result =
                short_.callAsync(later(Flaky.refused(9)), Runnable::run).toCompletableFuture();
        time.advance(Duration.ofSeconds(1));

        assertThatThrownBy(result::get)
                .cause()
                .hasMessageStartingWith(
                        "Retry \"charge\" must succeed within 2s, but attempt 3 could not begin before 3s;");
    }

    @Test
    void aListenerThatThrowsEndsTheCall() {
        retry.listen(event -> {
            throw new IllegalStateException("disk full");
        });

        assertThatThrownBy(begin(new Flaky())::get).hasRootCauseMessage("disk full");
    }

    @Test
    void anExecutorThatRefusesEndsTheCall() {
        CompletableFuture<String> result = retry.callAsync(later(Flaky.refused(9)), task -> {
                    throw new RejectedExecutionException("closed");
                })
                .toCompletableFuture();

        time.advance(Duration.ofSeconds(1));

        assertThatThrownBy(result::get).hasRootCauseMessage("closed");
    }
}

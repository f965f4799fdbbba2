// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptedRetryTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final RetryPolicy ANY =
            RetryPolicy.on(failure -> Optional.of("any")).withBackoff(Backoff.fixed(Duration.ofMinutes(1)));

    private static Retry retry(TimeSource time) {
        return Retry.of("charge", ANY, new Seed(77), time);
    }

    @AfterEach
    void leaveNoFlag() {
        Thread.interrupted();
    }

    /** What the call ended with, and whether the flag was set then. */
    private record End(Throwable thrown, boolean interrupted) {}

    @Test
    void anInterruptDuringTheBackOffEndsItAtOnce() throws Exception {
        VirtualTime time = new VirtualTime();
        Flaky flaky = Flaky.refused(9);
        CompletableFuture<End> end = new CompletableFuture<>();
        Thread caller = new Thread(
                () -> end.complete(new End(
                        catchThrowable(() -> retry(time).call(flaky)),
                        Thread.currentThread().isInterrupted())),
                "chaos-caller-1");
        caller.setDaemon(true);
        caller.start();
        time.awaitTimers(1, DEADLINE);

        caller.interrupt();

        End seen = end.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        assertThat(seen.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(seen.thrown().getSuppressed()).hasSize(1).allMatch(ConnectException.class::isInstance);
        assertThat(seen.interrupted()).isTrue();
        assertThat(flaky.calls()).isEqualTo(1);
        assertThat(time.timers()).isEmpty();
    }

    @Test
    void anAttemptThatIsInterruptedIsNotTriedAgain() {
        InterruptedException interrupt = new InterruptedException("while charging");
        Flaky flaky = new Flaky(interrupt);

        Throwable thrown = catchThrowable(() -> retry(new LeapingTime()).call(flaky));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isSameAs(interrupt);
        assertThat(flaky.calls()).isEqualTo(1);
    }

    @Test
    void anAttemptThatHidesAnInterruptIsNotTriedAgain() {
        Flaky flaky = Flaky.refused(9);
        LeapingTime overAtOnce = new LeapingTime();

        Throwable thrown = catchThrowable(() -> retry(overAtOnce).call(() -> {
            Thread.currentThread().interrupt();
            return flaky.call();
        }));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(thrown).isInstanceOf(InterruptedException.class).hasMessage("interrupted before attempt 2");
        assertThat(flaky.calls()).isEqualTo(1);
    }

    @Test
    void whoIsInterruptedAndSucceedsHasSucceeded() throws Exception {
        Thread.currentThread().interrupt();

        assertThat(retry(new LeapingTime()).call(new Flaky())).isEqualTo("done");

        assertThat(Thread.interrupted()).isTrue();
    }
}

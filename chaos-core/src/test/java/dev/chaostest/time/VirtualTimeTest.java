// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // what rang is looked at
class VirtualTimeTest {

    private final VirtualTime time = new VirtualTime();
    private final List<String> rung = new ArrayList<>();

    private CompletableFuture<Void> ring(String what, Duration after) {
        return time.timer(after)
                .thenRun(() ->
                        rung.add(what + " at " + Duration.ofNanos(time.nanos()).toSeconds()));
    }

    @Test
    void timersRingInOrderAndSeeTheirOwnTime() {
        ring("late", Duration.ofSeconds(30));
        ring("early", Duration.ofSeconds(10));
        ring("as early", Duration.ofSeconds(10));
        ring("never", Duration.ofSeconds(61));

        time.advance(Duration.ofSeconds(60));

        assertThat(rung).containsExactly("early at 10", "as early at 10", "late at 30");
        assertThat(time.timers()).containsExactly(Duration.ofSeconds(1));
        assertThat(time).hasToString("virtual time at PT1M");
    }

    @Test
    void aTimerThatATimerSetsRingsOnTheSameWay() {
        CompletableFuture<Void> chain =
                ring("first", Duration.ofSeconds(1)).thenCompose(done -> ring("second", Duration.ofSeconds(2)));

        time.advance(Duration.ofSeconds(5));

        assertThat(chain).isCompleted();
        assertThat(rung).containsExactly("first at 1", "second at 3");
    }

    @Test
    void aTimerThatIsCompletedOrCancelledIsForgotten() {
        time.timer(Duration.ofSeconds(1)).complete(null);
        time.timer(Duration.ofSeconds(1)).cancel(false);

        assertThat(time.timers()).isEmpty();
    }

    @Test
    void noTimeHasPassedAtOnce() {
        assertThat(time.timer(Duration.ZERO)).isCompleted();
        assertThat(time.timers()).isEmpty();
    }

    @Test
    void aThreadThatWaitsIsSeenAndGoesOn() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try {
            Future<Void> waits =
                    executor.submit(() -> time.timer(Duration.ofMinutes(1)).get());
            time.awaitTimers(1, Duration.ofSeconds(30));
            time.advance(Duration.ofMinutes(1));

            assertThat(waits.get(30, TimeUnit.SECONDS)).isNull();
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void timersThatNeverComeAreReported() {
        assertThatThrownBy(() -> time.awaitTimers(1, Duration.ofMillis(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("at least 1 timers must be set on virtual time at PT0S within PT0.001S, but there are 0. "
                        + "Check that the code under test was handed this time source.");
    }

    @Test
    void aTimerBeyondTheEndOfTimeIsSetAndNeverRings() {
        time.advance(Duration.ofDays(1));
        CompletableFuture<Void> never = time.timer(Duration.ofSeconds(Long.MAX_VALUE));

        time.advance(Duration.ofDays(36_500));

        assertThat(never).isNotDone();
    }

    @Test
    void timeNeverGoesBack() {
        assertThatThrownBy(() -> time.advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "virtual time must move on, but was to move by PT-1S. Use a new VirtualTime to start over.");
    }

    @Test
    void theSystemsTimersRingTooAndCanBeEnded() throws Exception {
        TimeSource system = TimeSource.system();
        long before = system.nanos();

        system.timer(Duration.ofMillis(2)).get(30, TimeUnit.SECONDS);
        assertThat(system.nanos() - before)
                .isGreaterThanOrEqualTo(Duration.ofMillis(2).toNanos());

        CompletableFuture<Void> day = system.timer(Duration.ofDays(1));
        assertThat(day).isNotDone();
        day.complete(null);
        assertThat(day).isCompleted();
        assertThat(system.timer(Duration.ZERO)).isCompleted();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.eventually;
import static dev.chaostest.watch.Eventually.never;
import static dev.chaostest.watch.Eventually.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waits as long as there is time, values that can't be printed, probes that leave an interrupt behind. */
@Timeout(120)
class StubbornLooksTest {

    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Prints itself without end, as two entities do that know each other. */
    private static final class Cyclic {
        private final List<Object> children = new ArrayList<>(List.of(this));

        @Override
        public String toString() {
            return "Cyclic" + children;
        }
    }

    @Test
    void waitWithoutEndEndsWhenItHolds() {
        eventually(() -> true).within(FOR_EVER);
        assertThatThrownBy(() -> never(() -> true).during(FOR_EVER))
                .isInstanceOf(WatchError.class)
                .hasMessageStartingWith("The condition must not hold during ");
        Readiness.of("database", () -> true).within(FOR_EVER);
    }

    @Test
    void waitWithoutEndWorksOnVirtualTimeThatHasMoved() {
        VirtualTime time = new VirtualTime();
        time.advance(Duration.ofDays(1));

        eventually(() -> true).on(time).within(FOR_EVER);

        assertThat(time.timers()).isEmpty();
    }

    @Test
    void collectorWaitsWithoutEnd() {
        Events<String> events = new Events<>();
        try (EventCollector<String> collector = events.collect(String.class)) {
            events.emit("a");
            assertThat(collector.await(FOR_EVER)).isEqualTo("a");
            EventCollector.awaitAll(FOR_EVER, collector);
        }
    }

    @Test
    void valueThatPrintsWithoutEndIsSeenAllTheSame() {
        Cyclic cyclic = new Cyclic();

        assertThat(value(() -> cyclic).until(found -> true).within(Duration.ZERO))
                .isSameAs(cyclic);
        assertThatThrownBy(() -> value(() -> cyclic).until(found -> false).within(Duration.ZERO))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("\n  last     : a value that can't be printed: StackOverflowError");
    }

    @Test
    void timeSourceThatFailsIsNotTakenForAnInterrupt() {
        IllegalStateException broken = new IllegalStateException("no more timers");
        TimeSource time = new TimeSource() {
            private final AtomicInteger timers = new AtomicInteger();

            @Override
            public long nanos() {
                return 0;
            }

            @Override
            public CompletableFuture<Void> timer(Duration after) {
                if (timers.incrementAndGet() > 1) { // the first one guards the wait
                    throw broken;
                }
                return new CompletableFuture<>();
            }
        };

        assertThatThrownBy(() -> eventually(() -> false).on(time).within(LONG)).isSameAs(broken);
    }

    @Test
    void collectingAtLeastNothingIsRefused() {
        Events<String> events = new Events<>();
        try (EventCollector<String> collector = events.collect(String.class)) {
            assertThatThrownBy(() -> collector.collectFor(LONG, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("The number of events to wait for must be at least 1, but was 0. "
                            + "To let the whole window pass use collectFor(window).");
        }
    }

    @Test
    void kindOfPrimitivesIsRefusedSinceNoEventIsOne() {
        assertThatThrownBy(() -> new Events<Integer>().collect(int.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The kind of events must be a type of objects, but was int, which no event is. "
                        + "Use java.lang.Integer.");
    }

    @Test
    void monitorGoesOnAfterAProbeThatLeavesAnInterrupt() throws Exception {
        VirtualTime time = new VirtualTime();
        AtomicInteger asked = new AtomicInteger();
        try (PeriodicMonitor<Integer> monitor = PeriodicMonitor.start(
                "depth",
                () -> {
                    Thread.currentThread().interrupt(); // as who catches an InterruptedException does
                    return asked.incrementAndGet();
                },
                Duration.ofSeconds(1),
                time)) {
            for (int i = 0; i < 3; i++) {
                time.awaitTimers(1, LONG);
                time.advance(Duration.ofSeconds(1));
            }
            time.awaitTimers(1, LONG);

            assertThat(monitor.samples())
                    .extracting(Sample::toString)
                    .containsExactly("+0us 1", "+1s 2", "+2s 3", "+3s 4");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static dev.chaostest.watch.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PeriodicMonitorTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger asked = new AtomicInteger();

    private <T> PeriodicMonitor<T> start(Callable<T> probe) {
        return PeriodicMonitor.start("depth", probe, SECOND, time);
    }

    private void seconds(int n) throws InterruptedException {
        for (int i = 0; i < n; i++) {
            time.awaitTimers(1, LONG); // it has looked, and waits for its turn
            time.advance(SECOND);
        }
        time.awaitTimers(1, LONG);
    }

    @Test
    void asksAtOnceAndThenAtItsRate() throws Exception {
        try (var monitor = start(asked::incrementAndGet)) {
            seconds(3);

            assertThat(monitor.samples())
                    .extracting(Sample::toString)
                    .containsExactly("+0us 1", "+1s 2", "+2s 3", "+3s 4");
            assertThat(monitor.dropped()).isZero();
        }
    }

    @Test
    void asksOnADaemonThreadThatIsGoneWhenItIsClosed() throws Exception {
        AtomicReference<Thread> asker = new AtomicReference<>();
        var monitor = start(() -> {
            asker.set(Thread.currentThread());
            return 1;
        });
        seconds(1);
        monitor.close();
        monitor.close();

        assertThat(asker.get().getName()).isEqualTo("chaos-monitor-depth");
        assertThat(asker.get().isDaemon()).isTrue();
        assertThat(asker.get().isAlive()).isFalse();
        assertThat(time.timers()).isEmpty();
        assertThat(monitor.samples()).hasSize(2);
    }

    @Test
    void anExceptionIsASampleAndNotTheEnd() throws Exception {
        IOException refused = new IOException("refused");
        AssertionError failed = new AssertionError("failed");
        Iterator<Object> answers = List.<Object>of(1, refused, failed, 1).iterator();
        try (var monitor = start(() -> {
            Object next = answers.next();
            if (next instanceof IOException e) {
                throw e;
            }
            if (next instanceof AssertionError e) {
                throw e;
            }
            return next;
        })) {
            seconds(3);

            assertThat(monitor.samples()).extracting(Sample::value).containsExactly(1, null, null, 1);
            assertThat(monitor.samples().get(1).thrown()).contains(refused);
            assertThat(monitor.samples().get(2).thrown()).contains(failed);
            assertThat(monitor.lines())
                    .containsExactly(
                            "+0us  1",
                            "+1s  threw java.io.IOException: refused",
                            "+2s  threw java.lang.AssertionError: failed",
                            "+3s  1");
        }
    }

    @Test
    void aSlowProbeIsNeverAskedTwiceAtTheSameTimeAndKeepsItsRate() throws Exception {
        try (var monitor = start(() -> {
            if (asked.incrementAndGet() == 1) {
                time.advance(Duration.ofMillis(2_500)); // the turns at 1 s and 2 s come while it is still asking
            }
            return asked.get();
        })) {
            time.awaitTimers(1, LONG);
            assertThat(time.timers()).containsExactly(Duration.ofMillis(500));
            time.advance(Duration.ofMillis(500));
            time.awaitTimers(1, LONG);

            assertThat(monitor.samples()).extracting(Sample::toString).containsExactly("+0us 1", "+3s 2");
        }
    }

    @Test
    void equalSamplesAreOneLineOfTheTimeline() throws Exception {
        try (var monitor = start(() -> asked.incrementAndGet() < 4 ? "CLOSED" : "OPEN")) {
            seconds(3);

            assertThat(monitor.title()).isEqualTo("Monitor depth");
            assertThat(monitor.lines()).containsExactly("+0us to +2s  CLOSED (3 samples)", "+3s  OPEN");
            assertThat(monitor).hasToString("Monitor depth every 1s");
        }
    }

    @Test
    void theOldestSamplesAreDroppedAndCounted() {
        Timeline<Integer> timeline = new Timeline<>();
        assertThat(timeline.lines()).containsExactly("no sample was taken");
        for (int i = 0; i < 10_003; i++) {
            timeline.add(new Sample<>(Duration.ofSeconds(i), i, Optional.empty()));
        }

        assertThat(timeline.samples()).hasSize(10_000);
        assertThat(timeline.dropped()).isEqualTo(3);
        assertThat(timeline.lines())
                .hasSize(102)
                .startsWith(
                        "... 3 earlier samples not kept, 10000 are", "... 9900 earlier lines not shown", "+9903s  9903")
                .endsWith("+10002s  10002");
    }

    @Test
    void aProbeThatHangsIsInterrupted() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        var monitor = start(() -> {
            hangs.countDown();
            return new CountDownLatch(1).await(1, TimeUnit.DAYS);
        });
        assertThat(hangs.await(30, TimeUnit.SECONDS)).isTrue();

        assertThatCode(monitor::close).doesNotThrowAnyException();
        assertThat(monitor.samples()).as("being closed is no sample").isEmpty();
    }

    @Test
    void closesUnderAnInterruptTooAndKeepsIt() throws Exception {
        var monitor = start(asked::incrementAndGet);
        seconds(1);
        Thread.currentThread().interrupt();
        monitor.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(time.timers()).as("it has ended").isEmpty();
    }

    @Test
    void aProbeMayCloseItsOwnMonitor() throws Exception {
        AtomicReference<PeriodicMonitor<Integer>> self = new AtomicReference<>();
        CountDownLatch set = new CountDownLatch(1);
        var monitor = start(() -> {
            set.await();
            self.get().close();
            return asked.incrementAndGet();
        });
        self.set(monitor);
        set.countDown();

        eventually(() -> monitor.samples().size() == 1).within(LONG);
        monitor.close();
        assertThat(asked).hasValue(1);
    }

    @Test
    void goesByRealTimeToo() {
        try (var monitor = PeriodicMonitor.start("real", asked::incrementAndGet, Duration.ofMillis(1))) {
            eventually(() -> monitor.samples().size() >= 3).within(LONG);

            assertThat(monitor.samples()).extracting(Sample::value).startsWith(1, 2, 3);
        }
    }

    @Test
    void anIntervalMustBePositive() {
        assertThatThrownBy(() -> PeriodicMonitor.start("depth", () -> 1, Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Monitor \"depth\" must ask at a positive interval, but PT0S was given. Use for example "
                        + "Duration.ofMillis(100).");
    }
}

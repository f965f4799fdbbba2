// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.link.toxic.Chunk;
import dev.chaostest.link.toxic.Draws;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.Outlet;
import dev.chaostest.link.toxic.Signal;
import dev.chaostest.link.toxic.Stage;
import dev.chaostest.time.TimeSource;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FlowTest {

    private static final long PATIENCE_SECONDS = 30;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger writers = new AtomicInteger();
    private final Flow flow = new Flow(writers::incrementAndGet);
    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void close() {
        flow.end();
        threads.shutdownNow();
    }

    @Test
    void whileNothingIsWrongTheReaderWritesByItself() throws Exception {
        assertThat(flow.isPlain()).isTrue();
        assertThat(flow.put(chunk(1))).isEqualTo(Flow.Put.PLAIN);
        assertThat(flow.put(Signal.END)).isEqualTo(Flow.Put.PLAIN);
        assertThat(writers).hasValue(0);
    }

    @Test
    void itIsPlainAgainOnceAllThatWasHeldIsWritten() throws Exception {
        Slot hour = slot(Latency.of(Duration.ofHours(1)).stage(new Draws(0, 0)));
        flow.add(hour);
        assertThat(flow.isPlain()).isFalse();
        assertThat(flow.put(chunk(1))).isEqualTo(Flow.Put.TAKEN);
        flow.remove(hour);

        assertThat(flow.isPlain()).isFalse();
        assertThat(flow.take()).isNotNull();
        Future<?> writer = threads.submit(flow::take);
        awaitPlain();

        assertThat(writers).hasValue(1);
        flow.end();
        assertThat(writer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void whoHandsInWaitsWhenTooMuchIsUnderWayAndGoesOnWhenSomethingIsTaken() throws Exception {
        flow.hold(true);
        int taken = 0;
        long size = 0;
        while (size < Flow.UNDER_WAY_MAX) {
            assertThat(flow.put(chunk(60_000))).isEqualTo(Flow.Put.TAKEN);
            size += new Piece(chunk(60_000), null, 0).size();
            taken++;
        }
        assertThat(taken).isEqualTo(18);
        Future<Flow.Put> next = threads.submit(() -> flow.put(chunk(1)));
        flow.hold(false);
        for (int i = 0; i < taken; i++) {
            assertThat(flow.take()).isNotNull();
        }
        assertThat(next.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(Flow.Put.TAKEN);
    }

    @Test
    void whenItEndsNobodyWaits() throws Exception {
        flow.hold(true);
        List<Future<Flow.Put>> puts = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            puts.add(threads.submit(() -> flow.put(chunk(100_000))));
        }
        Future<Piece> writer = threads.submit(flow::take);

        flow.end();

        assertThat(writer.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNull();
        for (Future<Flow.Put> put : puts) {
            assertThat(put.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isIn(Flow.Put.TAKEN, Flow.Put.OVER);
        }
        assertThat(flow.put(chunk(1))).isEqualTo(Flow.Put.OVER);
    }

    @Test
    void aStageThatClosesForBytesIsToldHowToDoIt() {
        flow.add(slot(new Stage() {
            @Override
            public void bytes(Chunk chunk, Outlet out) {
                out.close();
            }
        }));

        assertThatThrownBy(() -> flow.put(chunk(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a stage must close or reset when it begins or after a time, but did so for bytes. Hand on "
                        + "Signal.CLOSE or Signal.RESET behind them instead.");
    }

    @Test
    void aStageThatIsTakenAwayDoesNothingAfterItsTime() {
        AtomicInteger acted = new AtomicInteger();
        Slot slot = slot(new Stage() {
            @Override
            public void begin(Outlet out) {
                out.after(Duration.ofSeconds(1), acted::incrementAndGet);
            }
        });
        slot.begin();
        flow.add(slot);

        flow.remove(slot);
        time.advance(Duration.ofSeconds(2));

        assertThat(acted).hasValue(0);
        assertThat(time.timers()).isEmpty();
    }

    private void awaitPlain() {
        long end = TimeSource.system().nanos() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!flow.isPlain()) {
            assertThat(TimeSource.system().nanos()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private Slot slot(Stage stage) {
        return new Slot(
                stage,
                time,
                new Peer() {
                    @Override
                    public void reset() {}

                    @Override
                    public void closeAll() {}

                    @Override
                    public long heard() {
                        return 0;
                    }

                    @Override
                    public void failed(Throwable why) {
                        throw new AssertionError(why);
                    }
                },
                () -> {},
                "a stage");
    }

    private static Chunk chunk(int bytes) {
        return Chunk.copyOf(new byte[bytes], bytes);
    }
}

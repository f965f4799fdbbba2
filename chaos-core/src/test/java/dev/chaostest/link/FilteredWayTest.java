// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.link.internal.Onward;
import dev.chaostest.link.internal.Sluice;
import dev.chaostest.link.toxic.Signal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FilteredWayTest {

    private static final long STEP = 1_000;

    /** Time goes on whenever somebody looks: so the hold is over between any two looks, in one of these. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsHeldGoesOnWhateverMomentTheHoldIsOver(int looks) throws Exception {
        AtomicLong clock = new AtomicLong();
        Recording there = new Recording();
        Hold hold = new Hold(Duration.ofNanos(looks * STEP - STEP / 2), end -> {});
        Sluice.Pair pair = FilteredWay.pair(new Holding(hold), () -> clock.addAndGet(STEP), there, new Recording());
        try {
            assertThat(pair.toServer().take(new byte[] {'a'}, 1)).isTrue();
            assertThat(there.sent.await(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            pair.toServer().gone();
            pair.toClient().gone();
            there.join();
        }
    }

    private record Holding(Hold hold) implements Filter {
        @Override
        public void fromClient(ByteBuffer bytes, Steps steps) {
            steps.holdToServer(hold);
            steps.toServer(bytes);
        }

        @Override
        public void fromServer(ByteBuffer bytes, Steps steps) {
            steps.toClient(bytes);
        }

        @Override
        public void closed() {}
    }

    private static final class Recording implements Onward {
        private final CountDownLatch sent = new CountDownLatch(1);
        private volatile Thread drainer;

        @Override
        public boolean forward(byte[] bytes, int from, int length) {
            sent.countDown();
            return true;
        }

        @Override
        public void forward(Signal signal) {}

        @Override
        public void close() {}

        @Override
        public void needDrainer(Sluice waiting) {
            Thread thread = new Thread(() -> drain(waiting), "drainer");
            thread.setDaemon(true);
            drainer = thread;
            thread.start();
        }

        private static void drain(Sluice waiting) {
            try {
                waiting.drain();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        void join() throws InterruptedException {
            Thread thread = drainer;
            if (thread != null) {
                thread.join(TimeUnit.SECONDS.toMillis(30));
                assertThat(thread.isAlive()).isFalse();
            }
        }
    }
}

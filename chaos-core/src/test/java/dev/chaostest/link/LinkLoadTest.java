// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How much a link takes: many connections, and bytes that nobody fetches. */
@Isolated("it looks at the heap of the whole JVM")
class LinkLoadTest {

    private static final int CONNECTIONS = 1_000;
    /** Both sockets at the test's ends are in it, too. */
    private static final long HEAP_BYTES_PER_CONNECTION = 40 << 10;

    private static final int BLOCK = 64 << 10;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Ends ends;

    @BeforeEach
    void open() throws IOException {
        ends = new Ends();
    }

    @AfterEach
    void close() throws IOException {
        ends.close();
        threads.shutdownNow();
    }

    @Test
    void aThousandOpenConnectionsTakeLittleMemoryAndLeaveNothing() throws IOException {
        TcpLink link = TcpLink.open("bank", ends.address());
        try (link) {
            ends.connect(link).roundTrip("classes are loaded");
            long before = heap();
            List<Ends.Both> open = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                open.add(ends.connect(link));
            }
            for (Ends.Both both : open) {
                both.roundTrip("x");
            }

            assertThat(link.connections()).isEqualTo(CONNECTIONS + 1);
            assertThat(heap() - before).isLessThan(CONNECTIONS * HEAP_BYTES_PER_CONNECTION);
        }
        assertThat(link.residue()).isEmpty();
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            runtime.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    @Test
    void aClientThatNeverReadsStopsTheServerUnderLatencyToo() throws Exception {
        try (ChaosScope scope = ChaosScope.open("load", Plan.of(new Seed(1)), new VirtualTime())) {
            TcpLink link = scope.link("bank", ends.address());
            Ends.Both both = ends.connect(link);
            both.roundTrip("x");
            link.inject(Latency.of(Duration.ofHours(1)));

            long sent = untilStuck(both.server());

            // 1 MiB under way in the link; the rest is in the kernel's buffers, which end somewhere too
            assertThat(sent).isBetween(1L << 20, 64L << 20);
            assertThat(received(both.client())).isZero();
        }
    }

    @Test
    void aHoldStopsTheSenderToo() throws Exception {
        try (TcpLink link = TcpLink.open("bank", ends.address())) {
            Ends.Both both = ends.connect(link);
            both.roundTrip("x");
            link.hold();

            long sent = untilStuck(both.server());
            link.release();

            both.client().getInputStream().skipNBytes(sent);
            assertThat(sent).isBetween(1L << 20, 64L << 20);
        }
    }

    @Test
    void closingFreesASenderThatIsStuck() throws Exception {
        TcpLink link = TcpLink.open("bank", ends.address());
        Ends.Both both = ends.connect(link);
        long stuck = untilStuck(both.server());

        link.close();

        assertThat(stuck).isPositive();
        assertThat(link.residue()).isEmpty();
    }

    /** Sends until nothing goes any more; how many bytes that were. */
    private long untilStuck(Socket from) throws Exception {
        long[] sent = new long[1];
        byte[] block = new byte[BLOCK];
        Future<?> sender = null;
        while (true) {
            sender = threads.submit(() -> {
                from.getOutputStream().write(block);
                return null;
            });
            try {
                sender.get(2, TimeUnit.SECONDS);
                sent[0] += BLOCK;
            } catch (java.util.concurrent.TimeoutException stuck) {
                return sent[0];
            }
        }
    }

    private static int received(Socket at) throws IOException {
        at.setSoTimeout(50);
        try {
            return at.getInputStream().read() < 0 ? 0 : 1;
        } catch (SocketTimeoutException nothing) {
            return 0;
        }
    }
}

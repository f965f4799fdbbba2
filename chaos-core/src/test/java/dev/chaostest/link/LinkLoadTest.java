// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** How much a link takes: many connections, and bytes that nobody fetches. */
@Isolated("it looks at the heap of the whole JVM")
class LinkLoadTest {

    private static final int CONNECTIONS = 1_000;
    private static final long FILES_NEEDED = 4 * CONNECTIONS + 500;

    /** About 20 KiB of it the link takes; sockets at the ends of the test, and what other code leaves, are in it, too. */
    private static final long HEAP_BYTES_PER_CONNECTION = 40 << 10;

    private static final int BLOCK = 64 << 10;
    private static final int ALL = 32 << 20;
    private static final long PATIENCE_SECONDS = 30;

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
        assumeThat(maxFiles())
                .as("files that this process may open (ulimit -Hn): four sockets for each connection, and some")
                .isGreaterThan(FILES_NEEDED);
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

    private static long maxFiles() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
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
    void whatIsHeldIsBoundedThenTheSenderWaits() throws Exception {
        String name = "held-" + System.nanoTime();
        try (ChaosScope scope = ChaosScope.open("load", Plan.of(new Seed(1)), new VirtualTime())) {
            TcpLink link = scope.link(name, ends.address());
            Ends.Both both = ends.connect(link);
            both.roundTrip("x");
            Outage late = link.inject(Latency.of(Duration.ofHours(1)));
            Outage held = link.hold();
            Future<?> sender = threads.submit(() -> sendAll(both.server()));

            awaitFull(name);
            assertThat(sender.isDone()).isFalse();

            held.close();
            late.close();
            both.client().getInputStream().skipNBytes(ALL);
            sender.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void closingFreesASenderWhosePeerNeverReads() throws Exception {
        TcpLink link = TcpLink.open("bank", ends.address());
        Ends.Both both = ends.connect(link);
        CountDownLatch begun = new CountDownLatch(1);
        Future<?> sender = threads.submit(() -> {
            both.server().getOutputStream().write(new byte[BLOCK]);
            begun.countDown();
            return sendAll(both.server());
        });
        assertThat(begun.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

        link.close();

        assertThat(link.residue()).isEmpty();
        assertThatThrownBy(() -> sender.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    }

    /** More than what is under way in a link and in the kernel together. */
    private static @Nullable Void sendAll(Socket from) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int sent = 0; sent < ALL; sent += BLOCK) {
            from.getOutputStream().write(block);
        }
        return null;
    }

    /** Waits until a thread of the link has read as much as may be under way, and reads no more. */
    private static void awaitFull(String link) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (Thread.getAllStackTraces().entrySet().stream()
                .noneMatch(thread -> thread.getKey().getName().startsWith("chaos-link-" + link)
                        && thread.getKey().getState() == Thread.State.WAITING
                        && Arrays.stream(thread.getValue())
                                .anyMatch(frame -> frame.getMethodName().equals("put")))) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }
}

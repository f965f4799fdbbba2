// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.TimeSource;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeapLoadTest {

    private static final long MB = 1 << 20;
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    @Test
    void memoryIsReallyHeldAndCollectableOnceItIsReleased() {
        HeapLoad load = new HeapLoad(32 * MB + 1);
        load.put(DEADLINE);
        List<WeakReference<byte[]>> chunks =
                load.held().stream().map(WeakReference::new).toList();
        assertThat(load.reached()).isEqualTo(32 * MB + 1);

        System.gc();
        assertThat(chunks).hasSize(129).noneMatch(chunk -> chunk.refersTo(null));

        load.release();

        assertThat(load.reached()).isZero();
        collect(chunks);
        assertThat(chunks).allMatch(chunk -> chunk.refersTo(null));
    }

    private static void collect(List<WeakReference<byte[]>> chunks) {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < until && chunks.stream().anyMatch(chunk -> !chunk.refersTo(null))) {
            System.gc();
        }
    }

    @Test
    void everyPageIsTouched() {
        HeapLoad load = new HeapLoad(1 * MB);
        load.put(DEADLINE);

        assertThat(load.held()).allSatisfy(chunk -> assertThat(chunk).doesNotContain((byte) 0));
        load.release();
    }

    @Test
    void whatWouldKillTheJvmIsRefusedAndNothingTaken() {
        Round round = new Round("report", Plan.of(new Seed(77)), TimeSource.system());

        assertThatThrownBy(() -> Pressure.heap(round, Runtime.getRuntime().maxMemory()))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("Heap pressure must leave ");

        assertThat(round.ledger().entries()).isEmpty();
    }

    @Test
    void theRefusalHasTheNumbers() {
        HeapLoad.requireRoom(600 * MB, 1_000 * MB, 300 * MB);

        assertThatThrownBy(() -> HeapLoad.requireRoom(601 * MB, 1_000 * MB, 300 * MB))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Heap pressure must leave 100 MB of the heap free, but 601 MB were asked for, and 300 MB of 1000 MB "
                                + "are used. Ask for at most 600 MB, or give the test's JVM more with -Xmx.");
        assertThatThrownBy(() -> HeapLoad.requireRoom(1, 64 * MB, 50 * MB))
                .hasMessage(
                        "Heap pressure must leave 16 MB of the heap free, but 1 B were asked for, and 50 MB of 64 MB are "
                                + "used. Ask for at most 0 B, or give the test's JVM more with -Xmx.");
        assertThatThrownBy(() -> HeapLoad.requireRoom(Long.MAX_VALUE, 64 * MB, 50 * MB))
                .isInstanceOf(ChaosException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void refusesNothing(long bytes) {
        assertThatThrownBy(() -> new HeapLoad(bytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("heap pressure must be 1 byte or more, but was " + bytes
                        + ". Write for example 32 << 20 for 32 MB.");
    }

    @Test
    void theCodeUnderTestRunsOutOfMemoryAndNoLongerDoesAfterwards() throws Exception {
        Process small = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(small.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(small.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(output.lines()).contains("without: fits", "with: out of memory", "afterwards: fits");
        } finally {
            small.destroyForcibly();
        }
    }
}

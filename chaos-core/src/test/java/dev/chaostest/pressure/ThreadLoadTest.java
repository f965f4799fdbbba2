// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock("threads of pressure") // they are looked for by name
class ThreadLoadTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static List<Thread> parked() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chaos-parked-"))
                .toList();
    }

    @Test
    void theThreadsAreThereUntilTheEnd() {
        ThreadLoad load = new ThreadLoad(20);
        load.put(DEADLINE);

        assertThat(parked()).hasSize(20).allMatch(Thread::isDaemon);
        assertThat(load.reached()).isEqualTo(20);

        load.release();
        load.requireGone(DEADLINE);
        assertThat(parked()).isEmpty();
        assertThat(load.reached()).isZero();
    }

    @Test
    void theRefusalHasTheNumbers() {
        ThreadLoad.requireRoom(470, 1_000, 30);

        assertThatThrownBy(() -> ThreadLoad.requireRoom(471, 1_000, 30))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Pressure on threads must leave half of the 1000 that the machine allows, but 471 were asked for, "
                                + "and this JVM has 30. Ask for at most 470, or raise the limit.");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 10_001})
    void refusesANumberThatIsNoneOrTooMany(int count) {
        assertThatThrownBy(() -> new ThreadLoad(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of parked threads must be 1 to 10000, but was " + count
                        + ". Write for example 200.");
        assertThat(parked()).isEmpty();
    }

    @Test
    void theLeastLimitOfTheMachineCounts(@TempDir Path root) throws IOException {
        assertThat(ThreadLimit.of(root)).isEqualTo(8_192);

        write(root, "proc/sys/kernel/threads-max", "192000\n");
        write(root, "sys/fs/cgroup/pids.max", "max\n");
        assertThat(ThreadLimit.of(root)).isEqualTo(192_000);

        write(root, "sys/fs/cgroup/pids/pids.max", "512\n");
        assertThat(ThreadLimit.of(root)).isEqualTo(512);
    }

    private static void write(Path root, String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void aThreadThatDoesNotEndIsReportedWithItsStack() {
        Crowd crowd = new Crowd("parked", 1);
        CountDownLatch stuck = new CountDownLatch(1);
        crowd.start(
                (isThere, end) -> {
                    isThere.run();
                    stuck.await();
                },
                DEADLINE);
        crowd.tellEnd();

        assertThatThrownBy(() -> crowd.requireEnded(Duration.ofMillis(20)))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith(
                        "Thread \"chaos-parked-1\" must end within 20ms, but did not. It is a daemon; it was here:\n    at ");

        stuck.countDown();
        crowd.requireEnded(DEADLINE);
    }

    @Test
    void threadsThatGetNowhereAreReported() {
        Crowd crowd = new Crowd("parked", 2);

        assertThatThrownBy(() -> crowd.start((isThere, end) -> end.await(), Duration.ofMillis(20)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("2 parked threads must be at work within 20ms, but 2 were not. Ask for fewer.");

        crowd.tellEnd();
        crowd.requireEnded(DEADLINE);
    }
}

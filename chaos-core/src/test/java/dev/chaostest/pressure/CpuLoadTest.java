// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ResourceLock("threads of pressure") // they are looked for by name
class CpuLoadTest {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final ThreadMXBean beans = ManagementFactory.getThreadMXBean();

    private static List<Thread> busy() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("chaos-busy-"))
                .toList();
    }

    private long burned(Thread thread) {
        return beans.getThreadCpuTime(thread.getId());
    }

    @Test
    void eachThreadReallyBurnsAndGoesOnToDoSo() {
        CpuLoad load = new CpuLoad(2, 0.5);
        load.put(DEADLINE);
        try {
            List<Thread> threads = busy();
            assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
            assertThat(threads).allSatisfy(thread -> assertThat(burned(thread)).isGreaterThanOrEqualTo(10_000_000));
            assertThat(load.reached()).isPositive();
            for (Thread thread : threads) {
                awaitBurned(thread, burned(thread) + 20_000_000);
            }
        } finally {
            load.release();
            load.requireGone(DEADLINE);
        }
        assertThat(busy()).isEmpty();
        assertThat(load.reached()).isZero();
    }

    private void awaitBurned(Thread thread, long goal) {
        long until = System.nanoTime() + DEADLINE.toNanos();
        while (System.nanoTime() < until && burned(thread) < goal) {
            Thread.onSpinWait();
        }
        assertThat(burned(thread)).isGreaterThanOrEqualTo(goal);
    }

    @Test
    void aDutyIsNotExceeded() {
        long began = System.nanoTime();
        CpuLoad load = new CpuLoad(1, 0.1);
        load.put(DEADLINE);
        try {
            Thread thread = busy().get(0);
            awaitBurned(thread, TimeUnit.MILLISECONDS.toNanos(35));
            long burned = burned(thread);

            // 10 ms in each 100 ms begun, however busy the machine is; as much again for starting and looking.
            long periods = (System.nanoTime() - began) / TimeUnit.MILLISECONDS.toNanos(100) + 1;
            assertThat(burned).isLessThanOrEqualTo(2 * periods * TimeUnit.MILLISECONDS.toNanos(10));
        } finally {
            load.release();
            load.requireGone(DEADLINE);
        }
    }

    @Test
    void theRefusalHasTheNumbers() {
        CpuLoad.requireRoom(8, 2);

        assertThatThrownBy(() -> CpuLoad.requireRoom(9, 2))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Pressure on the CPU must be at most 4 threads for each processor, but 9 were asked for, and there "
                                + "are 2 processors. Ask for at most 8.");
        assertThatThrownBy(() -> new CpuLoad(1_000_000, 1).requireRoom()).isInstanceOf(ChaosException.class);
        assertThat(busy()).isEmpty();
    }

    @Test
    void refusesNoThreads() {
        assertThatThrownBy(() -> new CpuLoad(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of busy threads must be 1 or more, but was 0. Write for example 2.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.5, 1.1, Double.NaN})
    void refusesADutyThatIsNone(double duty) {
        assertThatThrownBy(() -> new CpuLoad(1, duty))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the duty of a busy thread must be more than 0 and at most 1, but was " + duty
                        + ". Write 0.5 for half of the time.");
    }
}

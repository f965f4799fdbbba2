// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class InterruptedRunTest {

    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<Wire> wires = new ConcurrentLinkedQueue<>();

    private Wire open() {
        Wire wire = new Wire();
        wires.add(wire);
        return wire;
    }

    private void here() {
        threads.add(Thread.currentThread());
    }

    private final AtomicReference<Throwable> thrown = new AtomicReference<>();
    private final CountDownLatch working = new CountDownLatch(2);

    @Test
    void everythingIsCleanedUpAndTheInterruptIsThrown() throws InterruptedException {
        Thread caller = new Thread(() -> thrown.set(catchThrowable(
                () -> Workers.of(2).grace(GRACE).each(this::open, Wire::abort).run(worker -> {
                    here();
                    working.countDown();
                    worker.resource().read();
                }))));
        caller.start();
        working.await();
        caller.interrupt();
        caller.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(requireNonNull(thrown.get()).getSuppressed()).hasOnlyElementsOfType(WorkersError.class);
        assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
        assertThat(wires)
                .hasSize(2)
                .allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void interruptFromBeforeStopsTheRunAtOnce() {
        AtomicInteger begun = new AtomicInteger();
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Workers.of(2).each(this::open).run(worker -> begun.incrementAndGet()))
                .isInstanceOf(InterruptedException.class);
        assertThat(begun).hasValue(0);
        assertThat(wires).allSatisfy(wire -> assertThat(wire.closes()).isBetween(1, 2));
    }
}

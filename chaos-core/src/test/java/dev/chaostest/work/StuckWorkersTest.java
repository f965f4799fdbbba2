// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StuckWorkersTest {

    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration GRACE = Duration.ofSeconds(20);
    private static final Duration SHORT_GRACE = Duration.ofMillis(100);

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Queue<Wire> wires = new ConcurrentLinkedQueue<>();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void releaseEverything() throws InterruptedException {
        released.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private Wire open() {
        Wire wire = new Wire();
        wires.add(wire);
        return wire;
    }

    private void here() {
        threads.add(Thread.currentThread());
    }

    @Test
    void whatIsStuckIsCancelledAndReportedWithItsStack() {
        Throwable error = catchThrowable(() -> Workers.of(2)
                .named("transfer")
                .deadline(SOON)
                .grace(GRACE)
                .each(this::open, Wire::abort)
                .run(worker -> {
                    here();
                    if (worker.index() == 1) {
                        worker.resource().read();
                    }
                }));

        assertThat(error)
                .isInstanceOf(WorkersError.class)
                .hasNoCause()
                .hasMessageStartingWith(
                        "Each worker \"transfer\" must end within 2s with success or an expected failure, "
                                + "but 1 of 2 did not. Correct the code under test, classify a failure that is expected, or give "
                                + "slow work a longer deadline.\n  stuck   : transfer-1 was in its task, here:\n    at ")
                .hasMessageContaining("Wire.read(Wire.java:")
                .message()
                .doesNotContain("left    :", "idle    :");
        assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
        assertThat(wires)
                .hasSize(2)
                .allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void closingCancelsWhereNothingElseIsGiven() {
        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(this::open)
                        .run(worker -> {
                            here();
                            worker.resource().read();
                        }))
                .isInstanceOf(WorkersError.class);
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
    }

    @Test
    void interruptFreesWhatHasNoResource() {
        AtomicBoolean interrupted = new AtomicBoolean();

        assertThatThrownBy(() -> Workers.of(1).deadline(SOON).grace(GRACE).run(worker -> {
                    here();
                    try {
                        released.await();
                    } catch (InterruptedException e) {
                        interrupted.set(true);
                        throw e;
                    }
                }))
                .isInstanceOf(WorkersError.class)
                .hasCauseInstanceOf(InterruptedException.class)
                .hasMessageContaining("\n  failed  : worker-0: java.lang.InterruptedException")
                .hasMessageContaining("\n  stuck   : worker-0 was in its task, here:\n    at ");
        assertThat(interrupted).isTrue();
        assertThat(threads).noneMatch(Thread::isAlive);
    }

    @Test
    void whatCancelDoesNotFreeIsClosedFromOutside() {
        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(SHORT_GRACE)
                        .each(this::open, wire -> {})
                        .run(worker -> {
                            here();
                            worker.resource().read();
                        }))
                .isInstanceOf(WorkersError.class)
                .message()
                .doesNotContain("left    :");
        assertThat(threads).noneMatch(Thread::isAlive);
        assertThat(wires).allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void threadThatNothingFreesIsReportedAsLeft() {
        assertThatThrownBy(() -> Workers.of(1)
                        .named("transfer")
                        .deadline(SOON)
                        .grace(SHORT_GRACE)
                        .run(worker -> {
                            here();
                            Wire.awaitWhateverComes(released);
                        }))
                .isInstanceOf(WorkersError.class)
                .hasMessageContaining("\n  stuck   : transfer-0 was in its task, here:\n    at ")
                .hasMessageContaining(
                        "\n  left    : chaos-worker-transfer-0 was cancelled and interrupted, and is still here:\n    at ")
                .hasMessageContaining("Wire.awaitWhateverComes(Wire.java:");
        assertThat(threads).hasSize(1).allMatch(Thread::isAlive).allMatch(Thread::isDaemon);
    }

    @Test
    void cancelThatFailsIsReported() {
        IOException failure = new IOException("no route");

        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(SHORT_GRACE)
                        .each(this::open, wire -> {
                            throw failure;
                        })
                        .run(worker -> {
                            here();
                            worker.resource().read();
                        }))
                .hasCause(failure)
                .hasMessageContaining("\n  cancel  : worker-0: java.io.IOException: no route");
        assertThat(threads).noneMatch(Thread::isAlive);
    }

    @Test
    void cancelThatHangsIsReportedAsLeftAndTheRestGoesOn() {
        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(SHORT_GRACE)
                        .each(this::open, wire -> {
                            here();
                            Wire.awaitWhateverComes(released);
                        })
                        .run(worker -> {
                            here();
                            worker.resource().read();
                        }))
                .hasMessageContaining(
                        "\n  left    : chaos-canceller-worker-0 was cancelled and interrupted, and is still "
                                + "here:\n    at ");
        assertThat(wires).allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void openingThatHangsIsReported() {
        assertThatThrownBy(() -> Workers.of(2)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(() -> {
                            here();
                            if (Thread.currentThread().getName().endsWith("-1")) {
                                released.await();
                            }
                            return open();
                        })
                        .run(worker -> {}))
                .isInstanceOf(WorkersError.class)
                .hasMessageContaining("but 2 of 2 did not.")
                .hasMessageContaining("\n  opening : worker-1: java.lang.InterruptedException")
                .hasMessageContaining("\n  stuck   : worker-1 was opening its resource, here:\n    at ")
                .hasMessageEndingWith("\n  idle    : worker-0 never began");
        assertThat(threads).hasSize(2).noneMatch(Thread::isAlive);
        assertThat(wires)
                .hasSize(1)
                .allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void resourceThatIsOpenedTooLateIsClosed() {
        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(() -> {
                            here();
                            try {
                                released.await();
                            } catch (InterruptedException freed) {
                                return open();
                            }
                            throw new AssertionError("not freed");
                        })
                        .run(worker -> {
                            throw new AssertionError("must not begin");
                        }))
                .isInstanceOf(WorkersError.class)
                .hasNoCause();
        assertThat(wires)
                .hasSize(1)
                .allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void closingThatHangsIsReported() {
        assertThatThrownBy(() -> Workers.of(1)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(
                                () -> () -> {
                                    here();
                                    released.await();
                                },
                                resource -> {})
                        .run(worker -> {}))
                .hasMessageContaining("\n  stuck   : worker-0 was closing its resource, here:\n    at ")
                .hasMessageContaining("\n  closing : worker-0: java.lang.InterruptedException");
        assertThat(threads).hasSize(1).noneMatch(Thread::isAlive);
    }

    @Test
    void thoseWhoseTurnNeverCameAreIdle() {
        AtomicInteger begun = new AtomicInteger();

        assertThatThrownBy(() -> Workers.of(3)
                        .atOnce(1)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(this::open, Wire::abort)
                        .run(worker -> {
                            begun.incrementAndGet();
                            worker.resource().read();
                        }))
                .hasMessageContaining("but 3 of 3 did not.")
                .hasMessageEndingWith("\n  idle    : worker-1, worker-2 never began");
        assertThat(begun).hasValue(1);
        assertThat(wires)
                .hasSize(3)
                .allSatisfy(wire -> assertThat(wire.closes()).isEqualTo(1));
    }

    @Test
    void failureThatCameBeforeTheDeadlineIsTheCause() {
        IllegalStateException bug = new IllegalStateException("a bug");

        assertThatThrownBy(() -> Workers.of(2)
                        .deadline(SOON)
                        .grace(GRACE)
                        .each(this::open, Wire::abort)
                        .run(worker -> {
                            if (worker.index() == 0) {
                                throw bug;
                            }
                            worker.resource().read();
                        }))
                .hasCause(bug)
                .hasMessageContaining("but 2 of 2 did not.");
    }
}

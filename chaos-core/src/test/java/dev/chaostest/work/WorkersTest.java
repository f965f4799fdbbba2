// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Laned;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkersTest {

    @Test
    void eachWorkerHasItsNumberItsLaneAndItsThread() throws InterruptedException {
        List<String> seen = Workers.of(3)
                .named("transfer")
                .call(worker -> worker.index() + " " + worker.lane() + " "
                        + Thread.currentThread().getName() + " "
                        + Thread.currentThread().isDaemon() + " " + worker)
                .values();

        assertThat(seen)
                .containsExactly(
                        "0 transfer-0 chaos-worker-transfer-0 true worker transfer-0",
                        "1 transfer-1 chaos-worker-transfer-1 true worker transfer-1",
                        "2 transfer-2 chaos-worker-transfer-2 true worker transfer-2");
    }

    @Test
    void threadOfAWorkerIsItsLane() throws InterruptedException {
        Outcomes<Boolean> outcomes = Workers.of(2)
                .call(worker -> Thread.currentThread() instanceof Laned laned
                        && laned.lane().equals(worker.lane())
                        && Lane.currentOr(new Lane("other")).equals(worker.lane()));

        assertThat(outcomes.values()).containsExactly(true, true);
    }

    @Test
    void threadOutsideIsNoLane() {
        assertThat(Lane.currentOr(new Lane("other"))).isEqualTo(new Lane("other"));
    }

    @Test
    void runWithoutResultGivesTheLanes() throws InterruptedException {
        assertThat(Workers.of(2).run(worker -> {}).values())
                .containsExactly(new Lane("worker-0"), new Lane("worker-1"));
    }

    @Test
    void allWorkersMeet() throws InterruptedException {
        CyclicBarrier meeting = new CyclicBarrier(8);

        Workers.of(8).run(worker -> meeting.await(20, TimeUnit.SECONDS)).requireAtLeast("success", 8);
    }

    @Test
    void noTaskBeginsBeforeAllResourcesAreOpen() throws InterruptedException {
        AtomicInteger open = new AtomicInteger();

        assertThat(Workers.of(8)
                        .each(() -> {
                            open.incrementAndGet();
                            return () -> {};
                        })
                        .call(worker -> open.get())
                        .values())
                .containsOnly(8);
    }

    @Test
    void noThreadIsAliveAfterwards() throws InterruptedException {
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        Workers.of(8).run(worker -> threads.add(Thread.currentThread()));

        assertThat(threads).hasSize(8).noneMatch(Thread::isAlive);
    }

    @Test
    void oneSetOfWorkersRunsManyTimes() throws InterruptedException {
        Workers<AutoCloseable> workers = Workers.of(2);

        assertThat(workers.call(Worker::index).values()).containsExactly(0, 1);
        assertThat(workers.call(Worker::index).values()).containsExactly(0, 1);
    }

    @Test
    void settingsMakeOtherWorkersAndLeaveTheseAlone() throws InterruptedException {
        Workers<AutoCloseable> workers = Workers.of(1);
        workers.named("other");

        assertThat(workers.call(worker -> worker.lane().name()).values()).containsExactly("worker-0");
    }

    @Nested
    class WhenEachHasAResource {

        private final Queue<String> events = new ConcurrentLinkedQueue<>();

        /** Says when it is opened and closed, and on which lane. */
        private final class Book implements AutoCloseable {
            private final Lane owner = Lane.currentOr(new Lane("nobody"));

            Book() {
                events.add("opened " + owner);
            }

            @Override
            public void close() {
                events.add("closed " + owner + " by " + Lane.currentOr(new Lane("nobody")));
            }
        }

        @Test
        void itIsTheWorkersOwn() throws InterruptedException {
            List<Lane> owners = Workers.of(3)
                    .each(Book::new)
                    .call(worker -> worker.resource().owner)
                    .values();

            assertThat(owners).containsExactly(new Lane("worker-0"), new Lane("worker-1"), new Lane("worker-2"));
        }

        @Test
        void itIsOpenedAndClosedOnTheWorkersLane() throws InterruptedException {
            Workers.of(2).each(Book::new).run(worker -> events.add("works"));

            assertThat(events)
                    .hasSize(6)
                    .contains(
                            "opened worker-0",
                            "closed worker-0 by worker-0",
                            "opened worker-1",
                            "closed worker-1 by worker-1");
        }

        @Test
        void itIsClosedAfterAnExpectedFailureToo() throws InterruptedException {
            Workers.of(1)
                    .each(Book::new)
                    .classify(Classifier.of("refused", IllegalStateException.class))
                    .run(worker -> {
                        throw new IllegalStateException("no");
                    });

            assertThat(events).containsExactly("opened worker-0", "closed worker-0 by worker-0");
        }

        @Test
        void itIsClosedUndisturbedByAnInterruptThatTheTaskLeft() throws InterruptedException {
            Queue<Boolean> disturbed = new ConcurrentLinkedQueue<>();
            Workers.of(1)
                    .each(() -> () -> disturbed.add(Thread.currentThread().isInterrupted()))
                    .run(worker -> Thread.currentThread().interrupt());

            assertThat(disturbed).containsExactly(false);
        }

        @Test
        void itIsRefusedToOtherThreads() throws InterruptedException {
            Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
            Workers.of(1).named("transfer").each(Book::new).run(worker -> {
                Thread thief = new Thread(worker::resource, "thief");
                thief.setUncaughtExceptionHandler((thread, e) -> refused.add(e));
                thief.start();
                thief.join();
            });

            assertThat(refused)
                    .singleElement()
                    .isInstanceOf(IllegalStateException.class)
                    .extracting(Throwable::getMessage)
                    .isEqualTo(
                            "The resource of worker transfer-0 must be used on the worker's own thread, but \"thief\" "
                                    + "asked for it. Give that thread a worker of its own.");
        }
    }

    @Nested
    class WhenFewerRunAtOnce {

        @ParameterizedTest
        @ValueSource(ints = {1, 2, 5, 16, 100})
        void atMostSoManyDoAndAllAreDone(int most) throws InterruptedException {
            AtomicInteger now = new AtomicInteger();
            AtomicInteger peak = new AtomicInteger();
            Outcomes<Integer> outcomes = Workers.of(16).atOnce(most).call(worker -> {
                peak.accumulateAndGet(now.incrementAndGet(), Math::max);
                LockSupport.parkNanos(1_000);
                return now.decrementAndGet();
            });

            assertThat(outcomes.values()).hasSize(16);
            assertThat(peak.get()).isBetween(1, most);
        }

        @Test
        void oneAtATimeIsInOrder() throws InterruptedException {
            Queue<Integer> order = new ConcurrentLinkedQueue<>();
            Workers.of(16).atOnce(1).run(worker -> order.add(worker.index()));

            assertThat(order)
                    .containsExactlyElementsOf(IntStream.range(0, 16).boxed().toList());
        }

        @Test
        void thoseThatRunFirstMeet() throws InterruptedException {
            CyclicBarrier meeting = new CyclicBarrier(4);

            Workers.of(8).atOnce(4).run(worker -> meeting.await(20, TimeUnit.SECONDS));
        }

        @Test
        void lanesStayTheWorkers() throws InterruptedException {
            assertThat(Workers.of(5)
                            .atOnce(2)
                            .call(worker -> Lane.currentOr(new Lane("other")).name())
                            .values())
                    .containsExactly("worker-0", "worker-1", "worker-2", "worker-3", "worker-4");
        }

        @Test
        void aFailureDoesNotKeepTheOthersFromTheirTurn() {
            AtomicInteger done = new AtomicInteger();

            assertThatThrownBy(() -> Workers.of(6).atOnce(1).run(worker -> {
                        done.incrementAndGet();
                        throw new IllegalStateException("no");
                    }))
                    .isInstanceOf(WorkersError.class);
            assertThat(done).hasValue(6);
        }
    }

    @Nested
    class WhenGivenABadValue {

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 1_001})
        void thereMustBeWorkers(int count) {
            assertThatThrownBy(() -> Workers.of(count))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the number of workers must be 1 to 1000, but was " + count
                            + ". A run without workers shows nothing.");
        }

        @ParameterizedTest
        @ValueSource(ints = {-1, 0, 1_001})
        void someMustRunAtOnce(int most) {
            assertThatThrownBy(() -> Workers.of(4).atOnce(most))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the number of workers at once must be 1 to 1000, but was " + most
                            + ". Leave it out for all at once.");
        }

        @Test
        void theyMustHaveAName() {
            assertThatThrownBy(() -> Workers.of(4).named(" "))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the name of workers must not be blank, but was. Use for example \"transfer\".");
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT-1S", "PT24H0.001S"})
        void theDeadlineMustBeReasonable(String deadline) {
            assertThatThrownBy(() -> Workers.of(4).deadline(Duration.parse(deadline)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the deadline must be longer than zero and at most a day, but was " + deadline
                            + ". Write for example Duration.ofSeconds(60).");
        }
    }
}

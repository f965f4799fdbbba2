// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** One run: starts the hands, calls them, waits, and leaves none behind without a word. */
final class Crew<R extends AutoCloseable, T> {

    private final Terms<R> terms;
    private final Worker.Task<R, T> task;
    private final List<Hand<R, T>> hands;
    private final CountDownLatch opened;
    private final CountDownLatch ended;
    private final AtomicInteger called = new AtomicInteger();
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();

    Crew(Terms<R> terms, Worker.Task<R, T> task) {
        this.terms = terms;
        this.task = Objects.requireNonNull(task, "task");
        this.opened = new CountDownLatch(terms.count());
        this.ended = new CountDownLatch(terms.count());
        this.hands = IntStream.range(0, terms.count())
                .mapToObj(index -> new Hand<>(this, index))
                .toList();
    }

    Terms<R> terms() {
        return terms;
    }

    Worker.Task<R, T> task() {
        return task;
    }

    void trouble(Trouble trouble) {
        troubles.add(trouble);
    }

    void opened() {
        opened.countDown();
    }

    /** A hand has ended; if it had its turn, the next one has it now. */
    void ended(boolean hadItsTurn) {
        ended.countDown();
        if (hadItsTurn) {
            callNext();
        }
    }

    Outcomes<T> run() throws InterruptedException {
        InterruptedException interrupt = null;
        Rescue<R, T> rescue = new Rescue<>(this, hands);
        try {
            hands.forEach(Thread::start);
            workUntil(System.nanoTime() + terms.deadline().toNanos());
        } catch (InterruptedException e) {
            interrupt = e;
        } finally {
            rescue.endAll();
        }
        WorkersError error = new Report<>(terms, hands, List.copyOf(troubles), rescue).error();
        throwIfAny(interrupt, error);
        return new Outcomes<>(
                terms.name(),
                hands.stream()
                        .map(hand -> Objects.requireNonNull(hand.outcome()))
                        .toList());
    }

    private void workUntil(long end) throws InterruptedException {
        if (!opened.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            return;
        }
        if (troubles.isEmpty()) {
            IntStream.range(0, terms.atOnce()).forEach(i -> callNext());
        } else {
            hands.forEach(Hand::dismiss);
        }
        ended.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void callNext() {
        int index = called.getAndIncrement();
        if (index < hands.size()) {
            hands.get(index).call();
        }
    }

    private static void throwIfAny(@Nullable InterruptedException interrupt, @Nullable WorkersError error)
            throws InterruptedException {
        if (interrupt != null) {
            if (error != null) {
                interrupt.addSuppressed(error);
            }
            throw interrupt;
        }
        if (error != null) {
            throw error;
        }
    }
}

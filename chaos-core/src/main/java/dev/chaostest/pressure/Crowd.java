// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Daemon threads that all get somewhere, and end when they are told. */
final class Crowd {

    /** They do next to nothing; the JVM takes its own least if this is below. */
    private static final long STACK = 128 << 10;

    private static final int STACK_SHOWN = 20;

    private final String role;
    private final int count;
    private final CountDownLatch there;
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>(); // guarded by itself; as many as asked for

    Crowd(String role, int count) {
        this.role = role;
        this.count = count;
        this.there = new CountDownLatch(count);
    }

    /** What each of them does: says when it is there, and returns soon after the end has come. */
    @FunctionalInterface
    interface Task {
        void run(Runnable isThere, CountDownLatch end) throws InterruptedException;
    }

    /** Starts all, and waits until each is there. */
    void start(Task task, Duration deadline) {
        for (int n = 1; n <= count; n++) {
            Thread thread = new Thread(null, () -> perform(task), "chaos-" + role + "-" + n, STACK);
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError refused) { // "unable to create native thread": memory there is
                throw new ChaosException(
                        "The machine must allow " + Amount.of(count, role + " thread") + ", but refused the " + n
                                + ". of them. Ask for fewer.",
                        refused);
            }
            synchronized (threads) {
                threads.add(thread);
            }
        }
        requireAllThere(deadline);
    }

    private void perform(Task task) {
        try {
            task.run(there::countDown, end);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt(); // nobody of ours interrupts it; to end is right all the same
        }
    }

    private void requireAllThere(Duration deadline) {
        try {
            if (there.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ChaosException(
                    "Starting " + Amount.of(count, role + " thread") + " must not be interrupted, but was. "
                            + "Put the pressure on before the test's time runs out.",
                    interrupted);
        }
        throw new ChaosException(Amount.of(count, role + " thread") + " must be at work within "
                + Durations.print(deadline) + ", but " + there.getCount() + " were not. Ask for fewer.");
    }

    List<Thread> alive() {
        synchronized (threads) {
            return threads.stream().filter(Thread::isAlive).toList();
        }
    }

    void tellEnd() {
        end.countDown();
    }

    /** Waits for all under an interrupt, too (a time-out is one); the flag is restored afterwards. */
    void requireEnded(Duration deadline) {
        boolean interrupted = false;
        long until = System.nanoTime() + deadline.toNanos();
        for (Thread thread : alive()) {
            for (long left = deadline.toMillis();
                    left > 0 && thread.isAlive();
                    left = (until - System.nanoTime()) / 1_000_000) {
                try {
                    thread.join(left);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        alive().stream().findFirst().ifPresent(late -> {
            throw late(late, deadline);
        });
    }

    private static ChaosException late(Thread thread, Duration deadline) {
        String frames = Arrays.stream(thread.getStackTrace())
                .limit(STACK_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        return new ChaosException("Thread \"" + thread.getName() + "\" must end within " + Durations.print(deadline)
                + ", but did not. It is a daemon; it was here:" + frames);
    }
}

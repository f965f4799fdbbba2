// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The thread of a schedule, and how long to wait for its end. */
final class OwnThread {

    private static final int FRAMES_SHOWN = 20;

    private final Thread thread;
    private final Duration grace;
    private final AtomicBoolean told = new AtomicBoolean();

    OwnThread(String name, Runnable work, Duration grace) {
        this.thread = new Thread(work, name);
        this.grace = grace;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    Duration grace() {
        return grace;
    }

    /**
     * A thread that did not end in time.
     *
     * @param stack where it was then
     * @param left whether it is alive even after an interrupt
     */
    record Late(String stack, boolean left) {}

    /**
     * Waits for its end, also under an interrupt, whose flag is restored; interrupts it when its time is over, and waits
     * as long again.
     *
     * @param more on top of the grace
     * @return null if it ended in time; told once
     */
    @Nullable
    Late join(Duration more) {
        boolean interrupted = await(grace.plus(more));
        Late late = null;
        if (thread.isAlive() && told.compareAndSet(false, true)) {
            String stack = stack();
            thread.interrupt();
            interrupted |= await(grace.plus(more));
            late = new Late(stack, thread.isAlive());
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return late;
    }

    private boolean await(Duration limit) {
        boolean interrupted = false;
        long end = System.nanoTime() + limit.toNanos();
        for (long left = limit.toMillis(); left > 0 && thread.isAlive(); left = (end - System.nanoTime()) / 1_000_000) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private String stack() {
        return Arrays.stream(thread.getStackTrace())
                .limit(FRAMES_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
    }
}

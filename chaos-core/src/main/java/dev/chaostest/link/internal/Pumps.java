// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/** The threads of one link: named, daemon, and joined when it closes. */
final class Pumps {

    /** They only copy bytes: what the JVM needs to start one is enough. */
    private static final long STACK_BYTES = 256 << 10;

    private static final int STACK_SHOWN = 20;

    private final String name;
    private final AtomicLong started = new AtomicLong();
    private final Set<Thread> alive = ConcurrentHashMap.newKeySet();

    Pumps(String link) {
        this.name = "chaos-link-" + link + "-";
    }

    void start(Runnable task) {
        Thread thread = new Thread(null, () -> run(task), name + started.incrementAndGet(), STACK_BYTES);
        thread.setDaemon(true);
        alive.add(thread);
        try {
            thread.start();
        } catch (Throwable e) { // no more threads to be had
            alive.remove(thread);
            throw e;
        }
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            alive.remove(Thread.currentThread());
        }
    }

    /** The names of those that run. */
    List<String> left() {
        return alive.stream().map(Thread::getName).sorted().toList();
    }

    /** Waits until all have ended, those too that are started meanwhile by one of them. */
    void join(Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        boolean interrupted = false;
        for (Iterator<Thread> left = alive.iterator(); left.hasNext(); left = alive.iterator()) {
            Thread thread = left.next();
            try {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
            } catch (InterruptedException e) { // they end in a moment; leaving them behind would be worse
                interrupted = true;
            }
            if (thread.isAlive() && System.nanoTime() - end > 0) {
                throw late(thread, deadline);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static ChaosException late(Thread thread, Duration deadline) {
        String frames = Arrays.stream(thread.getStackTrace())
                .limit(STACK_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        thread.interrupt();
        return new ChaosException("thread " + thread.getName() + " must end within " + Durations.print(deadline)
                + " when its link closes, but did not. It was interrupted and left behind; it was here:" + frames);
    }
}

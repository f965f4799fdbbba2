// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One thread that does first what tests may wait for, then what nobody waits for. Safe for use by many threads. */
final class Background implements AutoCloseable {

    private static final Duration END = Duration.ofSeconds(30);

    private final String name;
    private final int laterMax;
    private final Deque<Runnable> soon = new ArrayDeque<>();
    private final Deque<Runnable> later = new ArrayDeque<>();
    private final List<RuntimeException> failures = new ArrayList<>();
    private @Nullable Thread thread;
    private boolean closing;

    /**
     * Starts nothing yet: the thread begins with the first thing to do.
     *
     * @param laterMax how much may wait
     */
    Background(String name, int laterMax) {
        this.name = name;
        this.laterMax = laterMax;
    }

    /** Has something done that tests may wait for; not once it is closing. */
    synchronized void soon(Runnable task) {
        if (!closing) {
            add(soon, task);
        }
    }

    /**
     * Has something done when there is nothing else to do.
     *
     * @return false if too much waits already, or it is closing
     */
    synchronized boolean later(Runnable task) {
        if (closing || later.size() >= laterMax) {
            return false;
        }
        add(later, task);
        return true;
    }

    private void add(Deque<Runnable> queue, Runnable task) {
        queue.add(task);
        if (thread == null) {
            thread = new Thread(this::work, name);
            thread.setDaemon(true);
            thread.start();
        }
        notifyAll();
    }

    private void work() {
        for (Runnable task = next(); task != null; task = next()) {
            try {
                task.run();
            } catch (RuntimeException e) {
                failed(e);
            } catch (Error e) { // told at the end, and not by a thread that is silently gone
                failed(new IllegalStateException(e));
            }
        }
    }

    private synchronized void failed(RuntimeException failure) {
        failures.add(failure);
    }

    private synchronized @Nullable Runnable next() {
        while (soon.isEmpty() && later.isEmpty() && !closing) {
            try {
                wait();
            } catch (InterruptedException notOurs) {
                closing = true;
            }
        }
        Runnable first = soon.poll();
        return first == null ? later.poll() : first;
    }

    /**
     * Lets it do what waits, and ends the thread.
     *
     * @throws ChaosException the first failure, or if the thread is late
     */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closing = true;
            running = thread;
            notifyAll();
        }
        if (running != null) {
            join(running);
        }
        throwFirst();
    }

    private static void join(Thread running) {
        try {
            running.join(END.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (running.isAlive()) {
            ChaosException late = new ChaosException("Thread " + running.getName() + " must end within "
                    + END.toSeconds() + " s, but still runs. Look at the cause for what it does.");
            late.setStackTrace(running.getStackTrace());
            throw late;
        }
    }

    private synchronized void throwFirst() {
        if (failures.isEmpty()) {
            return;
        }
        RuntimeException first = failures.get(0);
        failures.subList(1, failures.size()).forEach(first::addSuppressed);
        failures.clear();
        throw first;
    }
}

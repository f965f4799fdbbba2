// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.ledger.Reportable;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Asks something at a fixed rate, on a thread of its own, and keeps the answers as a timeline.
 *
 * <p>Asks at once and then every so often; never twice at the same time: turns that come while it is still asking are
 * left out. What the probe throws is a sample, too. Keeps the last 10,000 samples and counts those that
 * it dropped. A scope that owns it has its timeline in the report of a red test. Closing ends it, interrupts a probe that
 * hangs, and is harmless twice.
 *
 * <pre>{@code
 * PeriodicMonitor<Integer> depth = scope.own("queue depth",
 *         PeriodicMonitor.start("queue depth", queue::size, Duration.ofMillis(100)));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @param <T> what the probe answers
 * @since 0.1
 */
public final class PeriodicMonitor<T> implements AutoCloseable, Reportable {

    private static final long JOIN_MILLIS = 5_000;

    private final String name;
    private final Callable<? extends T> probe;
    private final long every;
    private final TimeSource time;
    private final long begun;
    private final Timeline<T> timeline = new Timeline<>();
    private final Thread thread;
    private volatile boolean closed;

    private PeriodicMonitor(String name, Callable<? extends T> probe, Duration every, TimeSource time) {
        this.name = name;
        this.probe = probe;
        this.every = TimeUnit.NANOSECONDS.convert(every);
        this.time = time;
        this.begun = time.nanos();
        this.thread = new Thread(this::run, "chaos-monitor-" + name);
        thread.setDaemon(true);
    }

    /**
     * Starts one on the system's time.
     *
     * @param name the heading of its timeline
     * @param every from one turn to the next
     */
    public static <T> PeriodicMonitor<T> start(String name, Callable<? extends T> probe, Duration every) {
        return start(name, probe, every, TimeSource.system());
    }

    /**
     * Starts one on this time.
     *
     * @param time {@link dev.chaostest.time.VirtualTime}, say: then there is a timer for the next turn whenever it waits
     */
    public static <T> PeriodicMonitor<T> start(
            String name, Callable<? extends T> probe, Duration every, TimeSource time) {
        if (every.isZero() || every.isNegative()) {
            throw new IllegalArgumentException("Monitor \"" + name + "\" must ask at a positive interval, but " + every
                    + " was given. Use for example Duration.ofMillis(100).");
        }
        PeriodicMonitor<T> monitor = new PeriodicMonitor<>(name, probe, every, time);
        monitor.thread.start();
        return monitor;
    }

    private void run() {
        try {
            while (!closed) {
                timeline.add(sample());
                Thread.interrupted(); // what a probe left behind must not end this; what closes it is seen next
                if (!closed) {
                    awaitTurn();
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private Sample<T> sample() throws InterruptedException {
        Duration at = Duration.ofNanos(time.nanos() - begun);
        try {
            return new Sample<>(at, probe.call(), Optional.empty());
        } catch (InterruptedException e) {
            if (closed) {
                throw e;
            }
            return new Sample<>(at, null, Optional.of(e));
        } catch (Throwable e) {
            return new Sample<>(at, null, Optional.of(e));
        }
    }

    /** The next multiple of the interval: what is late once does not stay late. */
    private void awaitTurn() throws InterruptedException {
        long passed = time.nanos() - begun;
        CompletableFuture<Void> timer = time.timer(Duration.ofNanos(every - passed % every));
        try {
            timer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A timer must not fail, but did. Correct the time source.", e);
        } finally {
            timer.complete(null);
        }
    }

    /** The samples that are kept, the oldest first. */
    public List<Sample<T>> samples() {
        return timeline.samples();
    }

    /** How many samples were taken and are no longer kept. */
    public long dropped() {
        return timeline.dropped();
    }

    @Override
    public String title() {
        return "Monitor " + name;
    }

    /** The timeline: a line for each run of equal samples, the last hundred of them. */
    @Override
    public List<String> lines() {
        return timeline.lines();
    }

    /**
     * Ends it.
     *
     * @throws ChaosException if its probe hangs and can't be interrupted, with where it is
     */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = join();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            throw new ChaosException(
                    "Monitor \"" + name + "\" must end within " + Durations.print(Duration.ofMillis(JOIN_MILLIS))
                            + " of being closed, but its probe goes on. Let it end when it is interrupted; it was here:"
                            + Texts.stack(thread));
        }
    }

    /** Also under an interrupt: that is how a time-out closes it. */
    private boolean join() {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(JOIN_MILLIS);
        for (long left = JOIN_MILLIS; left > 0 && thread.isAlive(); left = (end - System.nanoTime()) / 1_000_000) {
            try {
                thread.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    @Override
    public String toString() {
        return title() + " every " + Durations.print(Duration.ofNanos(every));
    }
}

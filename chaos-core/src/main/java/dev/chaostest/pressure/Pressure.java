// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Takes heap, CPU, threads or disk, and gives it back.
 *
 * <p>The code under test shares what is left: it sees garbage collections, late timers, refused threads, a fuller disk.
 * Nothing of its own is touched. When a factory returns, the whole amount is taken, and that was verified; what would
 * kill the JVM or fill the machine is refused with the numbers before anything is taken. What was asked for and reached is
 * in the ledger.
 *
 * <p>Default: until it is closed, or its round ends. In a dry run nothing is taken.
 *
 * <pre>{@code
 * try (Pressure heap = Pressure.heap(scope.round(), 100 << 20)) {
 *     report.render(orders);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Pressure implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Round round;
    private final Load load;
    private final AtomicBoolean released = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<@Nullable CompletableFuture<Void>> timer = new AtomicReference<>();
    private volatile Runnable unregister = () -> {};

    private Pressure(Round round, Load load) {
        this.round = round;
        this.load = load;
    }

    /**
     * Holds memory of this JVM's heap.
     *
     * @param bytes 1 or more; a tenth of the heap, at least 16 MB, must be left then
     * @throws ChaosException if less would be left
     */
    public static Pressure heap(Round round, long bytes) {
        return put(round, new HeapLoad(bytes));
    }

    /**
     * Keeps threads busy.
     *
     * @param threads 1 or more, at most four for each processor
     * @param duty which part of the time each one is busy, more than 0 up to 1; the machine may grant less
     * @throws ChaosException if there are more, or if a thread burned no CPU time within 30 seconds
     */
    public static Pressure cpu(Round round, int threads, double duty) {
        return put(round, new CpuLoad(threads, duty));
    }

    /**
     * Holds threads that do nothing.
     *
     * @param count 1 to 10000; half of what the machine allows must be left then
     * @throws ChaosException if less would be left, or if the machine refuses one
     */
    public static Pressure threads(Round round, int count) {
        return put(round, new ThreadLoad(count));
    }

    /**
     * Holds a file, written to the disk byte by byte and deleted at the end.
     *
     * @param directory exists already, and lies below the directory for temporary files or the working directory: a
     *     {@code @TempDir}, say
     * @param bytes 1 or more; a tenth of the disk, or 1 GB if that is less, must be left free then
     * @throws ChaosException if the directory is another, if less would be left, or if it can't be written
     */
    public static Pressure disk(Round round, Path directory, long bytes) {
        return put(round, new DiskLoad(directory, bytes));
    }

    private static Pressure put(Round round, Load load) {
        Pressure pressure = new Pressure(round, load);
        if (round.wouldStrike() != null) {
            round.ledger().noted("dry run: would take " + load.what());
            pressure.released.set(true);
            return pressure;
        }
        load.requireRoom();
        try {
            load.put(DEADLINE);
            requireReached(load);
        } catch (RuntimeException | Error failure) {
            giveBack(load, failure);
            throw failure;
        }
        round.ledger().noted("took " + load.what() + ": reached " + load.print(load.reached()));
        pressure.register();
        return pressure;
    }

    private static void giveBack(Load load, Throwable why) {
        try {
            load.release();
            load.requireGone(DEADLINE);
        } catch (RuntimeException left) {
            why.addSuppressed(left);
        }
    }

    private static void requireReached(Load load) {
        if (load.reached() < load.required()) {
            throw new ChaosException("Pressure must reach " + load.print(load.required()) + " for " + load.what()
                    + ", but reached " + load.print(load.reached()) + ". Ask for less.");
        }
    }

    /** A round that is over runs this at once. */
    private void register() {
        unregister = round.whenOver(this::close);
        if (closed.get()) {
            throw new IllegalStateException("Pressure must be put on while round \"" + round.name()
                    + "\" is open, but it is over. Do it earlier, or open a new scope.");
        }
    }

    /**
     * Gives it back by itself after a while, by the round's time; earlier if it is closed before.
     *
     * @param length longer than zero; a second call counts instead of the first
     * @return this
     */
    @SuppressWarnings("FutureReturnValueIgnored") // giving back can't fail; close() checks
    public Pressure holdFor(Duration length) {
        if (length.isZero() || length.isNegative()) {
            throw new IllegalArgumentException("the time to hold pressure must be longer than zero, but was " + length
                    + ". Write for example Duration.ofSeconds(1).");
        }
        CompletableFuture<Void> end = round.time().timer(length);
        cancel(timer.getAndSet(end));
        end.thenRun(() -> release("after " + Durations.print(length)));
        if (closed.get()) {
            cancel(end);
        }
        return this;
    }

    /**
     * How much is taken now: bytes of heap or disk, threads, or percent of one processor since the beginning; 0 once it
     * was given back.
     */
    public long reached() {
        return released.get() ? 0 : load.reached();
    }

    /** Whether it was given back. */
    public boolean isReleased() {
        return released.get();
    }

    private static void cancel(@Nullable CompletableFuture<Void> end) {
        if (end != null) {
            end.cancel(false);
        }
    }

    private void release(String when) {
        if (released.compareAndSet(false, true)) {
            load.release();
            round.ledger().noted("gave back " + load.what() + " " + when);
        }
    }

    /**
     * Gives it back, and checks that it is: threads have ended, the file is gone. Twice is harmless.
     *
     * @throws ChaosException if something is left after 30 seconds
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        unregister.run();
        cancel(timer.get());
        release("when it was closed");
        load.requireGone(DEADLINE);
    }

    @Override
    public String toString() {
        return "pressure of " + load.what() + (isReleased() ? ", given back" : ", reached " + load.print(reached()));
    }
}

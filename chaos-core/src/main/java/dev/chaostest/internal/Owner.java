// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

import dev.chaostest.ledger.Reportable;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Owns resources: closes them in reverse order, each with a deadline, and reports what is left.
 *
 * <p>A resource that is handed over while or after the owner closes is closed at once, so none is forgotten.
 */
public final class Owner implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int STACK_SHOWN = 20;

    private final String name;
    private final Duration deadline;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Owned> stack = new ArrayDeque<>();
    private final List<Reportable> reportables = new CopyOnWriteArrayList<>();
    private boolean closed;

    public Owner(String name) {
        this(name, DEADLINE);
    }

    Owner(String name, Duration deadline) {
        this.name = name;
        this.deadline = deadline;
    }

    /** Takes a resource over and returns it. */
    public <T extends AutoCloseable> T own(String what, T resource) {
        if (push(new Owned(what, resource))) {
            if (resource instanceof Reportable reportable) {
                reportables.add(reportable);
            }
            return resource;
        }
        IllegalStateException late = new IllegalStateException(what + " must be handed over while scope \"" + name
                + "\" is open, but it is closed. It was closed at once; open it earlier.");
        Throwable failure = close(new Owned(what, resource));
        if (failure != null) {
            late.addSuppressed(failure);
        }
        throw late;
    }

    /** Registers a check for residue, run after everything that is handed over later was closed. */
    public void check(String what, Supplier<List<String>> residue) {
        own("the check for " + what, () -> {
            List<String> left = residue.get();
            if (!left.isEmpty()) {
                throw new ChaosException("Scope \"" + name + "\" must leave no " + what + ", but left "
                        + String.join("; ", left) + ". Close it in the code under test.");
            }
        });
    }

    /** What was taken over and has a part in a report, in that order. */
    public List<Reportable> reportables() {
        return List.copyOf(reportables);
    }

    private boolean push(Owned owned) {
        lock.lock();
        try {
            if (!closed) {
                stack.push(owned);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Owned pop() {
        lock.lock();
        try {
            closed = true;
            return stack.poll();
        } finally {
            lock.unlock();
        }
    }

    /** Closes all; throws the first failure, with the others suppressed. Twice is harmless. */
    @Override
    public void close() {
        Throwable first = null;
        for (Owned owned = pop(); owned != null; owned = pop()) {
            Throwable failure = close(owned);
            if (first == null) {
                first = failure;
            } else if (failure != null && failure != first) { // one exception object may come from two resources
                first.addSuppressed(failure);
            }
        }
        if (first instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (first instanceof Error error) {
            throw error;
        }
        if (first != null) {
            throw new ChaosException(
                    "Scope \"" + name + "\" could not be closed cleanly: " + first
                            + ". What it opened may still be there; see the cause.",
                    first);
        }
    }

    /** On a thread of its own, since a resource that hangs must not hang the test run. */
    private @Nullable Throwable close(Owned owned) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread closer = new Thread(() -> failure.set(owned.close()), "chaos-closer");
        closer.setDaemon(true);
        closer.start();
        boolean interrupted = join(closer);
        Throwable result = closer.isAlive() ? late(owned, closer) : failure.get();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return result;
    }

    /** Cleaning up goes on under an interrupt (a time-out is one); the flag is restored afterwards. */
    private boolean join(Thread closer) {
        boolean interrupted = false;
        long end = System.nanoTime() + deadline.toNanos();
        for (long left = deadline.toMillis();
                left > 0 && closer.isAlive();
                left = (end - System.nanoTime()) / 1_000_000) {
            try {
                closer.join(left);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    private ChaosException late(Owned owned, Thread closer) {
        String frames = Arrays.stream(closer.getStackTrace())
                .limit(STACK_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        closer.interrupt();
        return new ChaosException(
                owned.what() + " of scope \"" + name + "\" must close within " + Durations.print(deadline)
                        + ", but did not. It was interrupted and left behind; it was here:" + frames);
    }

    private record Owned(String what, AutoCloseable resource) {
        @Nullable
        Throwable close() {
            try {
                resource.close();
                return null;
            } catch (Throwable e) {
                return e;
            }
        }
    }
}

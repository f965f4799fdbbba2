// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Laned;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The thread of one worker: opens, waits to be called, works, closes. Catches everything and tells its crew. */
final class Hand<R extends AutoCloseable, T> extends Thread implements Laned {

    /** Where a hand is; what the report says of one that is stuck there. */
    enum Phase {
        OPENING("opening its resource"),
        WAITING("waiting for its turn"),
        WORKING("in its task"),
        CLOSING("closing its resource"),
        ENDED("at its end");

        private final String words;

        Phase(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    private final Crew<R, T> crew;
    private final int index;
    private final Lane lane;
    private final CountDownLatch turn = new CountDownLatch(1);
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean dismissed;
    private volatile Phase phase = Phase.OPENING;
    private volatile @Nullable R resource;
    private volatile @Nullable Outcome<T> outcome;

    Hand(Crew<R, T> crew, int index) {
        super("chaos-worker-" + crew.terms().name() + "-" + index);
        this.crew = crew;
        this.index = index;
        this.lane = new Lane(crew.terms().name() + "-" + index);
        setDaemon(true);
    }

    @Override
    public Lane lane() {
        return lane;
    }

    Phase phase() {
        return phase;
    }

    @Nullable
    R resource() {
        return resource;
    }

    @Nullable
    Outcome<T> outcome() {
        return outcome;
    }

    boolean isStuck() {
        Phase now = phase;
        return isAlive() && now != Phase.WAITING && now != Phase.ENDED;
    }

    /** Lets it begin its task. */
    void call() {
        turn.countDown();
    }

    /** Lets it go without its task, unless it has begun. */
    void dismiss() {
        dismissed = true;
        turn.countDown();
    }

    @Override
    public void run() {
        boolean called = false;
        try {
            R opened = open();
            called = opened != null && isCalled();
            if (opened != null && called) {
                work(opened);
            }
        } finally {
            phase = Phase.CLOSING;
            Thread.interrupted(); // what the task left behind must not disturb closing
            closeResource();
            phase = Phase.ENDED;
            crew.ended(called);
        }
    }

    private @Nullable R open() {
        try {
            R opened = crew.terms().opener().call();
            if (opened == null) {
                throw new IllegalStateException(
                        "The resource of a worker must not be null, but was. Return one, or leave each() out.");
            }
            resource = opened;
            return opened;
        } catch (Throwable e) {
            crew.trouble(new Trouble(lane, "opening", e));
            return null;
        } finally {
            crew.opened();
        }
    }

    private boolean isCalled() {
        phase = Phase.WAITING;
        Thread.interrupted();
        try {
            turn.await();
            return !dismissed;
        } catch (InterruptedException endedFromOutside) {
            return false; // without an outcome it is reported as one that never began
        }
    }

    private void work(R opened) {
        phase = Phase.WORKING;
        long begun = System.nanoTime();
        try {
            T value = crew.task().call(new Worker<>(index, lane, opened));
            Duration duration = Duration.ofNanos(System.nanoTime() - begun);
            outcome =
                    new Outcome<>(lane, Outcome.SUCCESS, Optional.of(requireValue(value)), Optional.empty(), duration);
        } catch (Exception e) {
            classify(e, Duration.ofNanos(System.nanoTime() - begun));
        } catch (Throwable e) {
            crew.trouble(new Trouble(lane, "failed", e));
        }
    }

    private static <T> T requireValue(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException(
                    "The task of a worker must return a value, but returned null. Use run() for a task without one.");
        }
        return value;
    }

    private void classify(Exception failure, Duration duration) {
        try {
            Optional<String> label = crew.terms().classifier().label(failure);
            if (label.isPresent()) {
                outcome = new Outcome<>(
                        lane, requireLabel(label.get()), Optional.empty(), Optional.of(failure), duration);
            } else {
                crew.trouble(new Trouble(lane, "failed", failure));
            }
        } catch (Throwable e) {
            if (e != failure) {
                e.addSuppressed(failure);
            }
            crew.trouble(new Trouble(lane, "failed", e));
        }
    }

    private static String requireLabel(String label) {
        if (label.isBlank() || label.equals(Outcome.SUCCESS)) {
            throw new IllegalStateException("The label of a failure must be a word other than \"" + Outcome.SUCCESS
                    + "\", but was \"" + label + "\". Use for example \"refused\".");
        }
        return label;
    }

    /** Closes the resource, once, whoever comes first. */
    void closeResource() {
        R open = resource;
        if (open != null && closing.compareAndSet(false, true)) {
            try {
                open.close();
            } catch (Throwable e) {
                crew.trouble(new Trouble(lane, "closing", e));
            }
        }
    }
}

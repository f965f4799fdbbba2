// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The handle of a schedule that runs: closing it stops it and undoes all that it did.
 *
 * <p>Its steps run on one daemon thread. An error in a step ends the schedule and undoes all at once; {@link #await} or
 * {@link #close} throws it, whichever comes first, and only once.
 *
 * <pre>{@code
 * try (RunningSchedule flap = scope.run(Schedule.flap(bank).times(3))) {
 *     client.placeOrders(100);
 *     flap.await(Duration.ofMinutes(2));
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class RunningSchedule implements AutoCloseable {

    private static final int STEPS_MAX = 1_000;
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Schedule schedule;
    private final Round round;
    private final Timeline timeline;
    private final Undo undo;
    private final Recovery recovery = new Recovery();
    private final List<Part> parts = new CopyOnWriteArrayList<>();
    private final List<String> steps = new CopyOnWriteArrayList<>();
    private final CountDownLatch through = new CountDownLatch(1);
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final OwnThread thread;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Runnable standsStill;
    private volatile boolean failed;

    private RunningSchedule(Schedule schedule, Round round, Duration grace) {
        this.schedule = schedule;
        this.round = round;
        this.timeline = new Timeline(round.time());
        this.undo = new Undo(schedule.toString());
        this.standsStill = round.linkPatience().suspend();
        this.thread = new OwnThread("chaos-" + round.newLane("schedule"), this::run, grace);
    }

    /** Runs a schedule by the time, the seed and the ledger of a round, in a dry run none; for scopes, which close it. */
    public static RunningSchedule start(Schedule schedule, Round round) {
        return start(schedule, round, GRACE);
    }

    static RunningSchedule start(Schedule schedule, Round round, Duration grace) {
        RunningSchedule running = new RunningSchedule(schedule, round, grace);
        if (round.wouldStrike() == null) {
            schedule.begin(new Stage(
                    round,
                    running.timeline,
                    running.undo,
                    running.recovery,
                    running.parts,
                    running::addStep,
                    Duration.ZERO));
        } else {
            round.ledger().noted("would run: " + schedule);
        }
        running.thread.start();
        return running;
    }

    private void addStep(String step) {
        if (steps.size() < STEPS_MAX) {
            steps.add(step);
        }
    }

    private void run() {
        try {
            timeline.run();
            standsStill.run();
            if (!undo.isEmpty()) {
                through.countDown();
                timeline.awaitStop();
            }
        } catch (Throwable e) {
            if (!(e instanceof InterruptedException && timeline.isStopped())) { // else it is said who was late
                fail(e instanceof ScheduleError verdict ? verdict : stepFailed(e));
            }
        } finally {
            Thread.interrupted(); // undoing must not be disturbed by what was meant for a step
            undoAll();
            standsStill.run();
            through.countDown();
        }
    }

    private ChaosException stepFailed(Throwable cause) {
        return new ChaosException(
                "Schedule \"" + schedule + "\" must do its steps, but one failed after " + lastStep() + ": " + cause
                        + ". It ended there and undid what it had done; see the cause.",
                cause);
    }

    private String lastStep() {
        return steps.isEmpty() ? "none" : "\"" + steps.get(steps.size() - 1) + "\"";
    }

    /** Nothing may get out: it would die with the thread, and who closes the schedule would see no failure. */
    private void undoAll() {
        try {
            undo.closeAll().forEach(this::fail);
            recovery.awaitAll().forEach(this::fail);
        } catch (Throwable e) {
            fail(new ChaosException(
                    "Schedule \"" + schedule + "\" must undo what it did and see that it is so, but could not: " + e
                            + ". See the cause.",
                    e));
        }
    }

    /** Keeps the first to throw, the others suppressed in it. */
    private void fail(Throwable problem) {
        failed = true;
        round.ledger().noted(schedule + ": failed: " + problem.getMessage());
        Throwable first = failure.compareAndExchange(null, problem); // it may be taken away at this moment
        if (first != null && first != problem) {
            first.addSuppressed(problem);
        }
    }

    /** What was done so far, in order, as in the ledger; the first 1,000 steps. */
    public List<String> steps() {
        return List.copyOf(steps);
    }

    /** Whether it did its last step, was closed or failed. */
    public boolean isThrough() {
        return through.getCount() == 0;
    }

    /**
     * Waits, in real time, until the last step is done; what a persistent schedule holds stays until it is closed.
     *
     * @throws ScheduleError if a fault had no effect or something did not come back, or if the deadline comes first
     * @throws ChaosException if a step failed
     * @throws IllegalStateException if the schedule goes on until it is closed
     */
    public void await(Duration deadline) throws InterruptedException {
        if (isForEver()) {
            throw new IllegalStateException(
                    "schedule \"" + schedule + "\" must end by itself to be waited for, but goes on "
                            + "until it is closed. Give it times(...), or close it.");
        }
        boolean inTime = through.await(TimeUnit.NANOSECONDS.convert(deadline), TimeUnit.NANOSECONDS);
        deliver();
        if (!inTime) {
            throw new ScheduleError("Schedule \"" + schedule + "\" must be through within " + Durations.print(deadline)
                    + ", but its last step was " + lastStep() + " at " + round.time()
                    + ". Wait longer, or move virtual time on.");
        }
    }

    private boolean isForEver() {
        return schedule.isEndless() && round.wouldStrike() == null && !isThrough();
    }

    private void deliver() {
        Throwable problem = failure.getAndSet(null);
        if (problem instanceof ScheduleError verdict) {
            throw verdict;
        }
        if (problem instanceof ChaosException broken) {
            throw broken;
        }
    }

    /**
     * Stops it, undoes all and looks whether that is so, without a verdict: {@link #close} says that. Twice is harmless,
     * an interrupt is no hindrance.
     */
    public void heal() {
        timeline.stop();
        if (thread.isCurrent()) {
            return; // a step that closes its own schedule: it undoes when the step has returned
        }
        OwnThread.Late late = thread.join(recovery.longest());
        if (late != null) {
            undo.closeAll().forEach(this::fail); // its thread may not
            fail(new ScheduleError("Schedule \"" + schedule + "\" must stop within "
                    + Durations.print(thread.grace()) + ", but a step did not return, after " + lastStep()
                    + ". It was interrupted" + (late.left() ? " and left behind" : "")
                    + ", and what was there is undone; it was here:" + late.stack()));
        }
        through.countDown();
    }

    /**
     * Stops it, undoes all in reverse order, half-way through too, and looks whether that is so. Twice is harmless.
     *
     * @throws ScheduleError if it never acted, if a fault had no effect, or if something did not come back
     * @throws ChaosException if a step failed, or undoing
     */
    @Override
    public void close() {
        heal();
        if (thread.isCurrent()) {
            return;
        }
        if (closed.compareAndSet(false, true) && !failed) {
            requireActed();
        }
        deliver();
    }

    private void requireActed() {
        List<String> idle = new ArrayList<>();
        parts.stream().filter(part -> !part.isReached()).forEach(part -> idle.add("\"" + part.name() + "\""));
        if (!idle.isEmpty()) {
            fail(new ScheduleError("Every schedule must act before it is closed, but " + String.join(", ", idle)
                    + " did nothing. Wait for it with await(...), or let it begin earlier."));
        }
    }

    Thread thread() {
        return thread.thread();
    }

    @Override
    public String toString() {
        return "schedule \"" + schedule + "\", last step: " + lastStep();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Lane;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Does the same task on many threads, each with its own resource and all from a common start.
 *
 * <p>Defaults: all workers at once, no resource, no failure expected, a deadline of 60 seconds, the name "worker".
 *
 * <pre>{@code
 * Outcomes<Lane> outcomes = Workers.of(8).named("transfer")
 *         .each(bank::getConnection, connection -> connection.abort(Runnable::run))
 *         .classify(serialization)
 *         .run(worker -> transfer(worker.resource()));
 * outcomes.requireAtLeast("serialization", 1);
 * }</pre>
 *
 * <p>Each worker has a thread of its own that {@linkplain dev.chaostest.plan.Laned is a lane}, {@code transfer-0},
 * {@code transfer-1} ... It opens the worker's resource, waits for the common start, does the task, and closes the
 * resource: whatever the plan decides there follows the worker, not the connection.
 *
 * <p>No error is swallowed, and nothing outlives the run: what is stuck at the deadline is cancelled, interrupted, and
 * joined for 5 seconds; then its resource is closed from outside. A thread that is alive even then is reported with its
 * stack; it is a daemon.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Workers<R extends AutoCloseable> {

    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final Terms<R> terms;

    private Workers(Terms<R> terms) {
        this.terms = terms;
    }

    /**
     * Workers without a resource.
     *
     * @param count 1 to 1000
     */
    public static Workers<AutoCloseable> of(int count) {
        return new Workers<>(new Terms<>(
                count, count, "worker", () -> () -> {}, resource -> {}, Classifier.none(), DEADLINE, GRACE));
    }

    /** As these, under another name: it is in the lanes, the threads' names and the messages. */
    public Workers<R> named(String name) {
        return new Workers<>(terms.withName(name));
    }

    /**
     * As these, each with a resource; a stuck one is cancelled by closing it.
     *
     * @param opener called on each worker's own thread, all before the common start
     */
    public <S extends AutoCloseable> Workers<S> each(Callable<? extends S> opener) {
        return each(opener, AutoCloseable::close);
    }

    /**
     * As these, each with a resource, and a way to cancel what a stuck worker does with it.
     *
     * @param opener called on each worker's own thread, all before the common start
     * @param cancel called from outside at the deadline; need not close the resource, and may be followed by its close
     */
    public <S extends AutoCloseable> Workers<S> each(Callable<? extends S> opener, Cancel<? super S> cancel) {
        return new Workers<>(terms.withResource(opener, cancel));
    }

    /**
     * As these, but at most so many do their tasks at the same time, in the order of their numbers.
     *
     * <p>All resources are still opened first. The common start holds for those that run first; each of the others
     * begins when one ends. The lanes stay the workers', so the plan decides the same whatever the limit; 1 is one after
     * the other.
     *
     * @param most 1 to 1000
     */
    public Workers<R> atOnce(int most) {
        return new Workers<>(terms.withAtOnce(most));
    }

    /** As these, with other failures expected. */
    public Workers<R> classify(Classifier classifier) {
        return new Workers<>(terms.withClassifier(classifier));
    }

    /**
     * As these, with another deadline for the whole run, opening and closing included.
     *
     * @param deadline longer than zero, at most a day
     */
    public Workers<R> deadline(Duration deadline) {
        return new Workers<>(terms.withDeadline(deadline));
    }

    Workers<R> grace(Duration grace) {
        return new Workers<>(terms.withGrace(grace));
    }

    /**
     * Does a task without a result on each worker.
     *
     * @return how each ended; the value of a success is the worker's lane
     * @throws WorkersError if a resource could not be opened or closed, if a worker failed unexpectedly, or was stuck
     * @throws InterruptedException if the calling thread is interrupted, after the same clean-up
     */
    public Outcomes<Lane> run(Worker.Step<R> step) throws InterruptedException {
        return call(worker -> {
            step.run(worker);
            return worker.lane();
        });
    }

    /**
     * Does a task with a result on each worker; as {@link #run}.
     *
     * @return how each ended
     */
    public <T> Outcomes<T> call(Worker.Task<R, T> task) throws InterruptedException {
        return new Crew<>(terms, task).run();
    }

    /**
     * Frees a worker that is stuck, from another thread.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Cancel<R> {
        /** Cancels what is done with the resource. */
        void cancel(R resource) throws Exception;
    }
}

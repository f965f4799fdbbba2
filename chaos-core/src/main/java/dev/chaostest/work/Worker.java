// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Lane;

/**
 * One worker, as its task sees it: its number, its lane and its own resource.
 *
 * <pre>{@code
 * workers.run(worker -> transfer(worker.resource(), accounts.get(worker.index())));
 * }</pre>
 *
 * <p>The resource belongs to the worker's thread, and is refused to others; the rest is immutable.
 *
 * @since 0.1
 */
public final class Worker<R> {

    private final int index;
    private final Lane lane;
    private final R resource;
    private final Thread thread = Thread.currentThread();

    Worker(int index, Lane lane, R resource) {
        this.index = index;
        this.lane = lane;
        this.resource = resource;
    }

    /** The number of the worker, from 0. */
    public int index() {
        return index;
    }

    /** The lane that everything on this worker's thread belongs to. */
    public Lane lane() {
        return lane;
    }

    /**
     * What was opened for this worker; closed when its task ends.
     *
     * @throws IllegalStateException on another thread than the worker's: a shared connection would mix the transactions
     */
    public R resource() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("The resource of worker " + lane
                    + " must be used on the worker's own thread, but \""
                    + Thread.currentThread().getName() + "\" asked for it. Give that thread a worker of its own.");
        }
        return resource;
    }

    @Override
    public String toString() {
        return "worker " + lane;
    }

    /**
     * What each worker does, with a value as its result.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Task<R, T> {
        /** Does the work; must not return null. */
        T call(Worker<R> worker) throws Exception;
    }

    /**
     * What each worker does, without a result.
     *
     * @since 0.1
     */
    @FunctionalInterface
    public interface Step<R> {
        /** Does the work. */
        void run(Worker<R> worker) throws Exception;
    }
}

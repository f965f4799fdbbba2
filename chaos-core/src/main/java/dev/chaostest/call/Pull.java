// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The answer of a future that tells nobody when it is done: who wants the value fetches it.
 *
 * @param future the object's own
 * @param answer where its value goes, once
 */
record Pull(Future<?> future, CompletableFuture<Answer> answer) {

    boolean isReady() {
        return future.isDone();
    }

    /** Waits for the value and hands it on, on this thread. */
    void fetch() throws InterruptedException {
        try {
            answer.complete(Answer.of(future.get()));
        } catch (ExecutionException | CancellationException e) {
            answer.complete(Answer.failed(cause(e)));
        }
    }

    /** As {@link #fetch()}, but gives up after so long. */
    void fetch(long nanos) throws InterruptedException, TimeoutException {
        try {
            answer.complete(Answer.of(future.get(nanos, TimeUnit.NANOSECONDS)));
        } catch (ExecutionException | CancellationException e) {
            answer.complete(Answer.failed(cause(e)));
        }
    }

    private static Throwable cause(Exception e) {
        Throwable cause = e.getCause();
        return e instanceof ExecutionException && cause != null ? cause : e;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call whose attempts answer later; one at a time, on whichever thread completes the one before. */
final class AsyncCall<T> {

    private final Course course;
    private final Supplier<? extends CompletionStage<? extends T>> task;
    private final Executor executor;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private volatile @Nullable CompletableFuture<Void> pause;
    private volatile @Nullable Turn turn;

    /** Attempts that follow each other on one thread, and perhaps on one stack. */
    private static final class Turn {
        private final Thread thread = Thread.currentThread();
        private boolean again;
        private boolean over;

        boolean isFurtherUp() {
            return thread == Thread.currentThread() && !over; // else they are another thread's to look at
        }
    }

    AsyncCall(Course course, Supplier<? extends CompletionStage<? extends T>> task, Executor executor) {
        this.course = course;
        this.task = task;
        this.executor = executor;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // taking a timer back can't fail
    CompletionStage<T> start() {
        attempts();
        result.whenComplete((value, failure) -> endPause());
        return result;
    }

    /** Whatever goes wrong here, in a listener say, must end the call: nobody else would ever complete it. */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error broken) {
            result.completeExceptionally(broken);
        }
    }

    /** A loop: a stage that has failed already would have each attempt begin on the stack of the one before. */
    private void attempts() {
        Turn current = turn;
        if (current != null && current.isFurtherUp()) {
            current.again = true;
            return;
        }
        Turn mine = new Turn();
        turn = mine;
        do {
            mine.again = false;
            attempt();
        } while (mine.again);
        mine.over = true;
    }

    private void attempt() {
        guarded(() -> {
            if (result.isDone()) {
                return;
            }
            Throwable late = course.begin();
            if (late != null) {
                result.completeExceptionally(late);
                return;
            }
            follow();
        });
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what follows is guarded
    private void follow() {
        CompletionStage<? extends T> stage;
        try {
            stage = task.get();
        } catch (RuntimeException | Error failure) {
            failed(failure);
            return;
        }
        stage.whenComplete((value, failure) -> guarded(() -> {
            if (failure != null) {
                failed(
                        failure instanceof CompletionException && failure.getCause() != null
                                ? failure.getCause()
                                : failure);
            } else {
                course.succeeded();
                result.complete(value);
            }
        }));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what it could fail with has gone to the result
    private void failed(Throwable failure) {
        Course.Step step = course.failed(failure);
        if (step.end() != null) {
            result.completeExceptionally(step.end());
            return;
        }
        CompletableFuture<Void> timer = course.timer(step.delay());
        pause = timer;
        timer.thenRunAsync(this::attempts, executor).whenComplete((done, refused) -> {
            if (refused != null) { // by the executor, or the timer was taken back
                result.completeExceptionally(refused);
            }
        });
        if (result.isDone()) {
            endPause();
        }
    }

    private void endPause() {
        CompletableFuture<Void> timer = pause;
        if (timer != null) {
            timer.cancel(false);
        }
    }
}

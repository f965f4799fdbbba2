// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.mount.Strike;
import dev.chaostest.plan.ChaosException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A struck call whose answer comes later: nobody's thread waits.
 *
 * <p>Each step begins where the one before it ended; behind a wait that is CompletableFuture's default executor, since a
 * timer's thread is not for the code of users.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of a chain, its last link is what is handed out
final class LateAnswer {

    private final Blows blows;
    private final CompletableFuture<@Nullable Object> late = new CompletableFuture<>();
    private final CompletableFuture<Void> called = new CompletableFuture<>();
    /** Ends what it waits for now. */
    private volatile Runnable awaited = () -> {};

    private volatile @Nullable Pull pull;
    private volatile boolean mayInterrupt = true;

    LateAnswer(Blows blows) {
        this.blows = blows;
    }

    /** What the caller gets; it may complete or cancel it, as it may the object's own. */
    CompletableFuture<@Nullable Object> begin(Blows.Effect effect) {
        late.whenComplete((value, thrown) -> awaited.run());
        CompletableFuture<Void> ready = CompletableFuture.completedFuture(null);
        for (Strike.Blow wait : blows.waitsBefore()) {
            ready = ready.thenCompose(nothing -> pause(wait));
        }
        CompletableFuture<Answer> answer = ready.thenCompose(nothing -> call(effect));
        for (Strike.Blow after : blows.after()) {
            answer = answer.thenCompose(before -> after(after, before));
        }
        answer.whenComplete(this::finish);
        return late;
    }

    /** Completes when the object was called, or something came in its place. */
    CompletableFuture<Void> called() {
        return called;
    }

    /** What has to be asked for its value; null if the object has not handed it out, or it tells by itself. */
    @Nullable
    Pull pull() {
        return pull;
    }

    boolean cancel(boolean interrupt) {
        mayInterrupt = interrupt;
        return late.cancel(interrupt);
    }

    private CompletableFuture<Void> pause(Strike.Blow wait) {
        Pause pause = Pause.begin(wait);
        await(pause::cancel);
        return pause.over().thenRunAsync(() -> {});
    }

    private CompletableFuture<Answer> call(Blows.Effect effect) {
        try {
            if (late.isDone()) { // nobody wants it any more, so it is not asked for
                return CompletableFuture.completedFuture(Answer.failed(new CancellationException()));
            }
            Answer own = blows.effect(effect);
            return own.thrown() != null ? CompletableFuture.completedFuture(own) : follow(own.value());
        } finally {
            called.complete(null);
        }
    }

    private CompletableFuture<Answer> follow(@Nullable Object handedOut) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (handedOut instanceof CompletionStage<?> stage) {
            await(() -> giveUp(stage));
            stage.whenComplete((value, thrown) -> answer.complete(new Answer(value, thrown)));
        } else if (handedOut instanceof Future<?> future) {
            pull = new Pull(future, answer);
            await(() -> future.cancel(mayInterrupt));
        } else {
            answer.complete(
                    Answer.failed(new ChaosException("What " + blows.operation().site()
                            + " returns must be a future, but was null. Have the wrapped object return one.")));
        }
        return answer;
    }

    private CompletableFuture<Answer> after(Strike.Blow blow, Answer answer) {
        if (late.isDone()) {
            blow.answered(Pause.CANCELLED);
            return CompletableFuture.completedFuture(answer);
        }
        return Pause.isOne(blow.fault())
                ? pause(blow).thenApply(nothing -> answer)
                : CompletableFuture.completedFuture(blows.strikeAfter(blow, answer));
    }

    private void await(Runnable end) {
        awaited = end;
        if (late.isDone()) {
            end.run();
        }
    }

    /** What the caller did to the answer is done to the object's own, as if nothing were between them. */
    @SuppressWarnings("unchecked") // the caller can complete it with that type only
    private void giveUp(CompletionStage<?> stage) {
        if (late.isCancelled() && stage instanceof Future<?> future) {
            future.cancel(mayInterrupt);
        } else if (stage instanceof CompletableFuture<?> own) {
            CompletableFuture<Object> same = (CompletableFuture<Object>) own;
            late.whenComplete((value, thrown) -> complete(same, new Answer(value, thrown)));
        }
    }

    private void finish(@Nullable Answer answer, @Nullable Throwable broken) {
        if (answer != null) {
            complete(late, answer);
        } else if (broken != null) { // the user's own change or supplier threw
            complete(late, Answer.failed(broken instanceof CompletionException wrapped ? cause(wrapped) : broken));
        }
    }

    private static Throwable cause(CompletionException wrapped) {
        Throwable cause = wrapped.getCause();
        return cause == null ? wrapped : cause;
    }

    private static void complete(CompletableFuture<@Nullable Object> future, Answer answer) {
        if (answer.thrown() == null) {
            future.complete(answer.value());
        } else {
            future.completeExceptionally(answer.thrown());
        }
    }
}

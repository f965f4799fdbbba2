// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A future that can only be asked: whoever asks first takes the object's answer through what is after the effect. */
final class LateFuture implements Future<@Nullable Object> {

    private final LateAnswer answer;
    private final CompletableFuture<@Nullable Object> late;

    private LateFuture(LateAnswer answer, CompletableFuture<@Nullable Object> late) {
        this.answer = answer;
        this.late = late;
    }

    static LateFuture begin(Blows blows, Blows.Effect effect) {
        LateAnswer answer = new LateAnswer(blows);
        return new LateFuture(answer, answer.begin(effect));
    }

    @Override
    public @Nullable Object get() throws InterruptedException, ExecutionException {
        CompletableFuture.anyOf(answer.called(), late)
                .handle((done, failed) -> done)
                .get();
        Pull pull = answer.pull();
        if (pull != null && !late.isDone()) {
            pull.fetch();
        }
        return late.get();
    }

    @Override
    public @Nullable Object get(long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + unit.toNanos(timeout);
        CompletableFuture.anyOf(answer.called(), late)
                .handle((done, failed) -> done)
                .get(timeout, unit);
        Pull pull = answer.pull();
        if (pull != null && !late.isDone()) {
            pull.fetch(end - System.nanoTime());
        }
        return late.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public boolean isDone() {
        Pull pull = answer.pull();
        if (pull != null && pull.isReady() && !late.isDone()) {
            fetchWhatIsThere(pull);
        }
        return late.isDone();
    }

    /** It is done, so this waits for nothing; an interrupt is not for it. */
    private static void fetchWhatIsThere(Pull pull) {
        boolean interrupted = Thread.interrupted();
        try {
            pull.fetch();
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return !isDone() && answer.cancel(mayInterruptIfRunning);
    }

    @Override
    public boolean isCancelled() {
        return late.isCancelled();
    }
}

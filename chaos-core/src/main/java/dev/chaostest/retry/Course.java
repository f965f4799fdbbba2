// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Lane;
import dev.chaostest.retry.RetryEvent.Next;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One call: its attempts so far, and whether another follows.
 *
 * <p>Used by one attempt at a time; an asynchronous call hands it on with its stages, which publish it.
 */
final class Course {

    private static final String AGAIN = " The failures of all attempts are suppressed in this exception.";

    private final Retry retry;
    private final RetryPolicy policy;
    private final Lane lane;
    private final long began;
    private final List<Exception> failures = new ArrayList<>(); // as many as the policy allows attempts
    private Duration last;
    private int attempt;

    Course(Retry retry) {
        this.retry = retry;
        this.policy = retry.policy();
        this.lane = retry.lane();
        this.began = retry.time().nanos();
        this.last = policy.backoff().base();
    }

    /** Either a back-off before another attempt, or what the call ends with. */
    record Step(Duration delay, @Nullable Throwable end) {}

    <T> T call(Callable<? extends T> task) throws Exception {
        while (true) {
            orThrow(begin());
            T value;
            try {
                value = task.call();
            } catch (Exception | Error failure) {
                Step step = failed(failure);
                if (step.end() instanceof InterruptedException) {
                    Thread.currentThread().interrupt(); // who catches any Exception would lose it
                }
                orThrow(step.end());
                pause(step.delay());
                continue;
            }
            succeeded();
            return value;
        }
    }

    private static void orThrow(@Nullable Throwable end) throws Exception {
        if (end instanceof Error error) {
            throw error;
        }
        if (end != null) {
            throw (Exception) end;
        }
    }

    private void pause(Duration delay) throws Exception {
        CompletableFuture<Void> timer = timer(delay);
        try {
            if (Thread.currentThread().isInterrupted()) { // a timer that is over would not look
                throw new InterruptedException("interrupted before attempt " + (attempt + 1));
            }
            timer.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw suppressEarlier(interrupted);
        } catch (ExecutionException broken) {
            throw new ChaosException("the timer of " + retry + " must complete, but failed.", broken.getCause());
        } finally {
            timer.cancel(false);
        }
    }

    /** Begins an attempt; or says what the call ends with, because the back-off took longer than it was to. */
    @Nullable
    Throwable begin() {
        Duration late = elapsed();
        if (attempt > 0
                && policy.deadline().filter(end -> late.compareTo(end) >= 0).isPresent()) {
            tell(Next.DEADLINE, Duration.ZERO, Optional.empty(), failures.get(failures.size() - 1));
            return tooLate(late);
        }
        attempt++;
        retry.counts().began(attempt);
        if (attempt == 1) {
            retry.called();
        }
        return null;
    }

    void succeeded() {
        retry.tell(new RetryEvent(retry.name(), attempt, Next.DONE, Duration.ZERO, Optional.empty(), Optional.empty()));
    }

    Step failed(Throwable failure) {
        if (!(failure instanceof Exception exception) || failure instanceof InterruptedException) {
            return giveUp(failure);
        }
        Optional<String> label;
        try {
            label = policy.retryable().label(exception);
        } catch (RuntimeException broken) {
            ChaosException end = new ChaosException(
                    "The classifier of retry \"" + retry.name() + "\" must not throw, but threw " + broken
                            + ". Let it answer for every failure.",
                    broken);
            end.addSuppressed(exception);
            return giveUp(end);
        }
        if (label.isEmpty()) {
            return giveUp(exception);
        }
        failures.add(exception);
        return again(label);
    }

    private Step giveUp(Throwable end) {
        tell(Next.GIVE_UP, Duration.ZERO, Optional.empty(), end);
        return new Step(Duration.ZERO, suppressEarlier(end));
    }

    private Step again(Optional<String> label) {
        Duration delay = Duration.ZERO;
        Next next = attempt == policy.attemptsMax() ? Next.ATTEMPTS : Next.RETRY;
        if (next == Next.RETRY) {
            delay = policy.backoff().delay(attempt, last, retry.draw(lane));
            last = delay;
            Duration start = elapsed().plus(delay);
            if (policy.deadline().filter(end -> start.compareTo(end) >= 0).isPresent()) {
                next = Next.DEADLINE;
            } else if (!retry.payRetry()) {
                next = Next.BUDGET;
            }
        }
        Exception failure = failures.get(failures.size() - 1);
        tell(next, next == Next.RETRY ? delay : Duration.ZERO, label, failure);
        return switch (next) {
            case ATTEMPTS -> end(next, "must succeed within " + many(attempt), "none did", "allow more attempts");
            case DEADLINE -> new Step(delay, tooLate(elapsed().plus(delay)));
            case BUDGET ->
                end(
                        next,
                        "must keep its retries within " + policy.budget().orElseThrow(),
                        "that was spent before attempt " + (attempt + 1),
                        "allow more retries");
            case RETRY, DONE, GIVE_UP -> new Step(delay, null);
        };
    }

    private RetriesExhaustedException tooLate(Duration start) {
        return exhausted(
                Next.DEADLINE,
                "must succeed within " + policy.deadline().map(Durations::print).orElse("?"),
                "attempt " + (attempt + 1) + " could not begin before " + Durations.print(start),
                "allow more time");
    }

    private Step end(Next limit, String rule, String found, String advice) {
        return new Step(Duration.ZERO, exhausted(limit, rule, found, advice));
    }

    private RetriesExhaustedException exhausted(Next limit, String rule, String found, String advice) {
        String message = "Retry \"" + retry.name() + "\" " + rule + ", but " + found + "; the last failure was "
                + failures.get(failures.size() - 1) + ". Mend what fails, or " + advice + "." + AGAIN;
        return new RetriesExhaustedException(message, limit, failures);
    }

    private static String many(int attempts) {
        return Amount.of(attempts, "attempt");
    }

    private void tell(Next next, Duration delay, Optional<String> label, Throwable failure) {
        retry.tell(new RetryEvent(retry.name(), attempt, next, delay, label, Optional.of(failure)));
    }

    /** The same exception may be thrown again and again; it can't suppress itself. */
    @SuppressWarnings("ReferenceEquality")
    private <E extends Throwable> E suppressEarlier(E end) {
        failures.stream().filter(earlier -> earlier != end).forEach(end::addSuppressed);
        return end;
    }

    CompletableFuture<Void> timer(Duration delay) {
        return retry.time().timer(delay);
    }

    private Duration elapsed() {
        return Duration.ofNanos(retry.time().nanos() - began);
    }
}

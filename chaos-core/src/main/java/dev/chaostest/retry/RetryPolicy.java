// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import dev.chaostest.work.Classifier;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What is tried again, how often, and how long in all.
 *
 * <p>There is no policy without a classifier: what it gives a label is tried again and counted under that label; any other
 * failure ends the call at once. An {@code Error} or an {@code InterruptedException} is never tried again, and the
 * classifier is not asked.
 *
 * <p>Defaults: 3 attempts; full jitter from 100 ms, doubling up to 5 s; no deadline; no budget.
 *
 * <pre>{@code
 * RetryPolicy policy = RetryPolicy.on(Classifier.of("refused", ConnectException.class))
 *         .withAttempts(5)
 *         .withDeadline(Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param retryable what is tried again, and under which label it is counted
 * @param attemptsMax 1 to 1000, the first included
 * @param backoff the waits between attempts
 * @param deadline positive, at most a day: no attempt begins when that much time has passed since the call began
 * @param budget what bounds the retries of all calls together
 * @since 0.1
 */
public record RetryPolicy(
        Classifier retryable,
        int attemptsMax,
        Backoff backoff,
        Optional<Duration> deadline,
        Optional<RetryBudget> budget) {

    private static final int ATTEMPTS = 3;
    private static final int ATTEMPTS_LIMIT = 1_000;
    private static final Duration BASE = Duration.ofMillis(100);
    private static final Duration CAP = Duration.ofSeconds(5);
    private static final Duration DEADLINE_LIMIT = Duration.ofDays(1);

    public RetryPolicy {
        Objects.requireNonNull(
                retryable,
                "a retry policy must have a classifier, but had none. Say what is worth another attempt, for example "
                        + "Classifier.of(\"refused\", ConnectException.class).");
        if (attemptsMax < 1 || attemptsMax > ATTEMPTS_LIMIT) {
            throw new IllegalArgumentException("the number of attempts must be 1 to 1000, but was " + attemptsMax
                    + ". The first attempt counts; 1 never retries.");
        }
        Objects.requireNonNull(backoff, "backoff");
        if (deadline.filter(length -> length.isNegative() || length.isZero() || length.compareTo(DEADLINE_LIMIT) > 0)
                .isPresent()) {
            throw new IllegalArgumentException(
                    "the deadline of a retry must be longer than zero and at most a day, but was "
                            + deadline.orElseThrow() + ". Leave it out for none.");
        }
        Objects.requireNonNull(budget, "budget");
    }

    /** The defaults, for these failures. */
    public static RetryPolicy on(Classifier retryable) {
        return new RetryPolicy(retryable, ATTEMPTS, Backoff.fullJitter(BASE, CAP), Optional.empty(), Optional.empty());
    }

    /** As this one, with another number of attempts, the first included. */
    public RetryPolicy withAttempts(int most) {
        return new RetryPolicy(retryable, most, backoff, deadline, budget);
    }

    /** As this one, with other waits. */
    public RetryPolicy withBackoff(Backoff other) {
        return new RetryPolicy(retryable, attemptsMax, other, deadline, budget);
    }

    /** As this one, with a deadline for the whole call; an attempt that runs then is not interrupted. */
    public RetryPolicy withDeadline(Duration length) {
        return new RetryPolicy(retryable, attemptsMax, backoff, Optional.of(length), budget);
    }

    /** As this one, with a bound on the retries of all calls together. */
    public RetryPolicy withBudget(RetryBudget other) {
        return new RetryPolicy(retryable, attemptsMax, backoff, deadline, Optional.of(other));
    }

    /** How long one call waits between its attempts at worst; what the attempts themselves take comes on top. */
    public Duration worstCaseDelay() {
        Duration sum = Duration.ZERO;
        for (int retry = 1; retry < attemptsMax; retry++) {
            sum = sum.plus(backoff.longest(retry));
        }
        Duration waits = sum;
        return deadline.filter(length -> length.compareTo(waits) < 0).orElse(waits);
    }

    @Override
    public String toString() {
        return Amount.of(attemptsMax, "attempt") + ", back-off " + backoff
                + deadline.map(length -> ", within " + Durations.print(length)).orElse("")
                + budget.map(bound -> ", retries at most " + bound).orElse("");
    }
}

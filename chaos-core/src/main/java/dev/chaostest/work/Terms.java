// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What was agreed for a run.
 *
 * @param grace how long each part of the clean-up may take
 */
record Terms<R extends AutoCloseable>(
        int count,
        int atOnce,
        String name,
        Callable<? extends R> opener,
        Workers.Cancel<? super R> cancel,
        Classifier classifier,
        Duration deadline,
        Duration grace) {

    private static final int WORKERS_MAX = 1_000;
    private static final Duration DEADLINE_MAX = Duration.ofDays(1);

    Terms {
        requireInRange("the number of workers", count, WORKERS_MAX, "A run without workers shows nothing.");
        requireInRange("the number of workers at once", atOnce, WORKERS_MAX, "Leave it out for all at once.");
        if (name.isBlank()) {
            throw new IllegalArgumentException(
                    "the name of workers must not be blank, but was. Use for example \"transfer\".");
        }
        Objects.requireNonNull(opener, "opener");
        Objects.requireNonNull(cancel, "cancel");
        Objects.requireNonNull(classifier, "classifier");
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(DEADLINE_MAX) > 0) {
            throw new IllegalArgumentException("the deadline must be longer than zero and at most a day, but was "
                    + deadline + ". Write for example Duration.ofSeconds(60).");
        }
    }

    private static void requireInRange(String what, int n, int most, String advice) {
        if (n < 1 || n > most) {
            throw new IllegalArgumentException(what + " must be 1 to " + most + ", but was " + n + ". " + advice);
        }
    }

    Terms<R> withName(String other) {
        return new Terms<>(count, atOnce, other, opener, cancel, classifier, deadline, grace);
    }

    Terms<R> withAtOnce(int other) {
        return new Terms<>(count, other, name, opener, cancel, classifier, deadline, grace);
    }

    <S extends AutoCloseable> Terms<S> withResource(Callable<? extends S> other, Workers.Cancel<? super S> way) {
        return new Terms<>(count, atOnce, name, other, way, classifier, deadline, grace);
    }

    Terms<R> withClassifier(Classifier other) {
        return new Terms<>(count, atOnce, name, opener, cancel, other, deadline, grace);
    }

    Terms<R> withDeadline(Duration other) {
        return new Terms<>(count, atOnce, name, opener, cancel, classifier, other, grace);
    }

    Terms<R> withGrace(Duration other) {
        return new Terms<>(count, atOnce, name, opener, cancel, classifier, deadline, other);
    }
}

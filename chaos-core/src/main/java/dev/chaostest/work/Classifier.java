// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import java.util.Optional;

/**
 * Says which failures of a worker are expected, and what they are called.
 *
 * <p>A failure without a label fails the run. An {@code Error}, a failed assertion included, is never asked about: it
 * always fails the run.
 *
 * <p>Default: nothing is expected ({@link #none}).
 *
 * <pre>{@code
 * Classifier refused = Classifier.of("refused", ConnectException.class);
 * Classifier either = refused.or(failure -> isTimeout(failure) ? Optional.of("timeout") : Optional.empty());
 * }</pre>
 *
 * <p>Asked on the worker's own thread, so an implementation must be safe for use by many threads. If it throws, the run
 * fails.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Classifier {

    /**
     * Names an expected failure.
     *
     * @return a short label other than {@value Outcome#SUCCESS}; empty if the failure is not expected
     */
    Optional<String> label(Exception failure);

    /** As this one; what it does not expect, the other is asked about. */
    default Classifier or(Classifier other) {
        return failure -> label(failure).or(() -> other.label(failure));
    }

    /** Expects no failure. */
    static Classifier none() {
        return failure -> Optional.empty();
    }

    /** Expects failures of one type, those of its subtypes included. */
    static Classifier of(String label, Class<? extends Exception> type) {
        return failure -> type.isInstance(failure) ? Optional.of(label) : Optional.empty();
    }
}

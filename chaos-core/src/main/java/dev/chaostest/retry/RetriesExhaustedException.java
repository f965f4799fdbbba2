// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.plan.ChaosException;
import java.util.List;

/**
 * Every attempt failed, and a limit allows no other; the message says which.
 *
 * <p>The cause is the last failure. Suppressed are the failures of all attempts, in order, the last one again included; one
 * that was thrown twice is there twice.
 *
 * @since 0.1
 */
public final class RetriesExhaustedException extends ChaosException {
    private static final long serialVersionUID = 1L;

    private final RetryEvent.Next limit;
    private final int attempts; // others may suppress something in it, too: a resource that fails to close

    RetriesExhaustedException(String message, RetryEvent.Next limit, List<Exception> failures) {
        super(message, failures.get(failures.size() - 1));
        this.limit = limit;
        this.attempts = failures.size();
        failures.forEach(this::addSuppressed);
    }

    /** {@link RetryEvent.Next#ATTEMPTS}, {@link RetryEvent.Next#DEADLINE} or {@link RetryEvent.Next#BUDGET}. */
    public RetryEvent.Next limit() {
        return limit;
    }

    /** How many attempts there were. */
    public int attempts() {
        return attempts;
    }
}

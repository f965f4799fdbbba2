// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import org.jspecify.annotations.Nullable;

/**
 * A worker failed unexpectedly, was stuck, or was left behind: the run has no outcomes.
 *
 * <p>The message has a line for each such worker, with the stack of those that were stuck. The cause is the failure that
 * came first; the others are suppressed.
 *
 * <p>An {@code AssertionError}, since it is a verdict on the test, and so that no code under test swallows it with its
 * own exceptions.
 *
 * @since 0.1
 */
public final class WorkersError extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final boolean allFailed;

    WorkersError(String message, @Nullable Throwable cause, boolean allFailed) {
        super(message, cause);
        this.allFailed = allFailed;
    }

    /**
     * Whether each worker that did not end well has thrown something, which is the cause or suppressed; none was stuck, and none
     * never began.
     */
    public boolean haveAllFailed() {
        return allFailed;
    }
}

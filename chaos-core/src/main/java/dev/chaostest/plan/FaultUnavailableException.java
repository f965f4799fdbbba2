// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import org.jspecify.annotations.Nullable;

/**
 * Says that a fault can't be had on this machine, or with this version of a server: nothing was done yet.
 *
 * <p>Not a failure of the code under test. In a chaos test of JUnit's the test is reported as aborted, neither green nor
 * red. The message says what it would take.
 *
 * @since 0.1
 */
public final class FaultUnavailableException extends ChaosException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was wanted, what was found, what it would take
     */
    public FaultUnavailableException(String message) {
        super(message);
    }

    /**
     * Creates the error with its cause.
     *
     * @param message what was wanted, what was found, what it would take
     * @param cause what happened, if something did
     */
    public FaultUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

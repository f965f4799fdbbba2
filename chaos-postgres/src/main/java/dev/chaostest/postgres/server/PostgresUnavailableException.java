// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.plan.ChaosException;
import org.jspecify.annotations.Nullable;

/**
 * Says that there is no PostgreSQL to test against: none found, none that fits, or one that doesn't start or answer.
 *
 * <p>The message says what was tried and ends with what to do; it never holds a password.
 *
 * @since 0.1
 */
public final class PostgresUnavailableException extends ChaosException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was tried, what was found, what to do
     */
    public PostgresUnavailableException(String message) {
        super(message);
    }

    /**
     * Creates the error with its cause.
     *
     * @param message what was tried, what was found, what to do
     * @param cause what happened, if something did
     */
    public PostgresUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

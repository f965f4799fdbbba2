// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import org.jspecify.annotations.Nullable;

/**
 * The root of what this library throws by itself; never thrown in place of an error of the code under test.
 *
 * <p>The message names the thing, says what was expected and what was found, and ends with what to do.
 *
 * @since 0.1
 */
public class ChaosException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ChaosException(String message) {
        super(message);
    }

    public ChaosException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

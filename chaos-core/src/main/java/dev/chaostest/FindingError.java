// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

/**
 * A run has shown that something is wrong, whatever its test asserts: a client that would wait for ever, say.
 *
 * <p>The message says what must be, what is, and what to do.
 *
 * @since 0.1
 */
public final class FindingError extends AssertionError {
    private static final long serialVersionUID = 1L;

    FindingError(String message) {
        super(message);
    }
}

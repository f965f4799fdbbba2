// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

/**
 * A replay did not come to what its token holds, and nothing else went wrong: it says nothing about the run it repeats.
 *
 * <p>An {@code AssertionError}, as {@link UnfulfilledPlanError} is.
 *
 * @since 0.1
 */
public final class NotReproducedError extends AssertionError {
    private static final long serialVersionUID = 1L;

    NotReproducedError(String message) {
        super(message);
    }
}

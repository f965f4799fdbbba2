// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

/**
 * A planned fault could strike and did not, or came back as something else: the test proved nothing.
 *
 * <p>An {@code AssertionError}, since it is a verdict on the test, and so that no code under test swallows it with its
 * own exceptions.
 *
 * @since 0.1
 */
public final class UnfulfilledPlanError extends AssertionError {
    private static final long serialVersionUID = 1L;

    UnfulfilledPlanError(String message) {
        super(message);
    }
}

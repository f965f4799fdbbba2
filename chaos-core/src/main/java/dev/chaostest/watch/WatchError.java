// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import org.jspecify.annotations.Nullable;

/**
 * What was watched for did not come in time, or what must not come did.
 *
 * <p>An {@code AssertionError}, since it is a verdict on the code under test. Its cause is what the last look threw.
 *
 * @since 0.1
 */
public final class WatchError extends AssertionError {
    private static final long serialVersionUID = 1L;

    WatchError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

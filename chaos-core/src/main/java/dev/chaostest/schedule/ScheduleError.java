// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import org.jspecify.annotations.Nullable;

/**
 * A schedule did not do what it says: its fault had no effect, something did not come back, or it never acted.
 *
 * <p>An {@code AssertionError}, since it is a verdict on the test.
 *
 * @since 0.1
 */
public final class ScheduleError extends AssertionError {
    private static final long serialVersionUID = 1L;

    ScheduleError(String message) {
        super(message);
    }

    ScheduleError(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.work;

import dev.chaostest.plan.Lane;
import java.time.Duration;
import java.util.Optional;

/**
 * How one worker ended: with a value, or with a failure that was expected.
 *
 * <pre>{@code
 * for (Outcome<Receipt> outcome : outcomes.all()) {
 *     log.info("{} {} after {}", outcome.lane(), outcome.label(), outcome.duration());
 * }
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads as far as its value is.
 *
 * @param lane which worker
 * @param label {@value #SUCCESS}, or what the classifier called the failure
 * @param value what the task returned; empty after a failure
 * @param failure what the task threw; empty after success
 * @param duration how long the task ran, without opening and closing the resource
 * @since 0.1
 */
public record Outcome<T>(Lane lane, String label, Optional<T> value, Optional<Exception> failure, Duration duration) {

    /** The label of a worker that threw nothing. */
    public static final String SUCCESS = "success";

    /** Whether the task threw nothing. */
    public boolean isSuccess() {
        return failure.isEmpty();
    }
}

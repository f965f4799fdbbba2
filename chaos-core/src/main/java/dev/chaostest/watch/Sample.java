// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a monitor saw at one moment.
 *
 * <p>As safe for use by many threads as the value is.
 *
 * @param at when it was asked, since the monitor was started
 * @param value what it answered; null if that was null, or if it threw
 * @param thrown what it threw
 * @since 0.1
 */
public record Sample<T>(Duration at, @Nullable T value, Optional<Throwable> thrown) {

    String text() {
        return thrown.map(e -> "threw " + Texts.of(e)).orElseGet(() -> Texts.of(value));
    }

    @Override
    public String toString() {
        return "+" + Durations.print(at) + " " + text();
    }
}

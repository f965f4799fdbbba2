// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * How long one call took, and what came of it. A call that failed took its time, too.
 *
 * <pre>{@code
 * Timed<Receipt> timed = Timed.call(() -> gateway.charge(order));
 * assertThat(timed.took()).isGreaterThan(Duration.ofMillis(200));
 * Receipt receipt = timed.value();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param took from just before the call to just behind it
 * @param result what it returned; null if that was null, or if it threw
 * @param thrown what it threw
 * @since 0.1
 */
public record Timed<T>(Duration took, @Nullable T result, Optional<Exception> thrown) {

    /** Calls, on the system's time. Never throws what the call throws, except an {@code Error}. */
    public static <T> Timed<T> call(Callable<? extends T> call) {
        return call(call, TimeSource.system());
    }

    /** Calls, on this time. */
    public static <T> Timed<T> call(Callable<? extends T> call, TimeSource time) {
        long begun = time.nanos();
        try {
            T result = call.call();
            return new Timed<>(Duration.ofNanos(time.nanos() - begun), result, Optional.empty());
        } catch (Exception e) {
            Duration took = Duration.ofNanos(time.nanos() - begun);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return new Timed<>(took, null, Optional.of(e));
        }
    }

    /**
     * What it returned.
     *
     * @throws IllegalStateException if it threw, with that as the cause; or if it returned null
     */
    public T value() {
        if (thrown.isPresent()) {
            throw new IllegalStateException(
                    "The timed call must have returned a value, but threw " + thrown.get() + " after " + took
                            + ". Ask thrown() first.",
                    thrown.get());
        }
        return Objects.requireNonNull(
                result, "The timed call must have returned a value, but returned null. Ask result().");
    }
}

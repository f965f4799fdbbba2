// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Where time comes from, and what is waited on.
 *
 * <p>Both are one thing, so that virtual time moves everything: who waits for a timer goes on when the clock says so.
 *
 * <pre>{@code
 * CompletableFuture<Void> pause = time.timer(Duration.ofSeconds(60));
 * round.whenOver(() -> pause.complete(null));
 * pause.get();
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public interface TimeSource {

    /** The time in nanoseconds, from any origin, never going back. */
    long nanos();

    /**
     * What completes when so much time has passed; at once if that is none. Completing or cancelling it earlier takes the
     * timer back. What is to follow must be quick or run elsewhere ({@code thenRunAsync}): timers wait for each other.
     */
    CompletableFuture<Void> timer(Duration after);

    /** The time of this machine, monotonic. Starts no thread of ours. */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}

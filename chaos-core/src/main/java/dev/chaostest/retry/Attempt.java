// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * One attempt that was seen below a retry.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param number the how many-th, from 1, in the order in which they began
 * @param began when, since the observer was made
 * @param ended when; empty while it runs
 * @param how {@value #SUCCESS}, or what it failed with; for a ledger entry, the entry
 * @since 0.1
 */
public record Attempt(long number, Duration began, Optional<Duration> ended, String how) {

    /** How an attempt ended that threw nothing. */
    public static final String SUCCESS = "success";

    static final String RUNNING = "still running";

    @Override
    public String toString() {
        return "attempt " + number + ": at " + Durations.print(began)
                + ended.map(end -> ", took " + Durations.print(end.minus(began)))
                        .orElse("")
                + ", " + how;
    }
}

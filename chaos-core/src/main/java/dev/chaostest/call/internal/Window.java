// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import java.time.Duration;

/**
 * So many calls in each window; one opens with the first call after the last has closed.
 *
 * @param calls how many
 * @param window how long
 */
public record Window(long calls, Duration window) implements Limit {

    public Window {
        Limit.requireCount("the number of calls", calls);
        Spans.requirePositive("the window of a rate limit", window);
    }

    @Override
    public Gate gate() {
        return new Pane();
    }

    private final class Pane implements Gate {
        private final long length = window.toNanos();
        private long opened;
        private long used = -1;

        @Override
        public Duration retryAfter(long now) {
            if (used < 0 || now - opened >= length) {
                opened = now;
                used = 0;
            }
            if (used < calls) {
                used++;
                return Duration.ZERO;
            }
            return Duration.ofNanos(opened + length - Math.max(now, opened));
        }
    }

    @Override
    public String toString() {
        return Amount.of(calls, "call") + " per " + Durations.print(window);
    }
}

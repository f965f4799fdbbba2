// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import java.time.Duration;

/**
 * So many calls at once; used up ones come back evenly over time.
 *
 * @param capacity how many at once
 * @param refill how many come back in a window
 * @param window that time
 */
public record TokenBucket(long capacity, long refill, Duration window) implements Limit {

    public TokenBucket {
        Limit.requireCount("the capacity", capacity);
        Limit.requireCount("the refill", refill);
        Spans.requirePositive("the window of a rate limit", window);
    }

    @Override
    public Gate gate() {
        return new Bucket();
    }

    /**
     * Counts in parts of a token, of which a nanosecond brings as many as there are tokens in a window: nothing is rounded
     * away. The bounds of the record keep it within a long.
     */
    private final class Bucket implements Gate {
        private final long token = window.toNanos();
        private final long full = capacity * token;
        private long content = full;
        private long last;

        @Override
        public Duration retryAfter(long now) {
            long passed = Math.max(0, now - last); // threads may come in another order than they looked at the clock
            last += passed;
            content = passed >= (full - content) / refill + 1 ? full : Math.min(full, content + passed * refill);
            if (content >= token) {
                content -= token;
                return Duration.ZERO;
            }
            return Duration.ofNanos((token - content + refill - 1) / refill);
        }
    }

    @Override
    public String toString() {
        return Amount.of(capacity, "call") + " at once, refilled by " + refill + " per " + Durations.print(window);
    }
}

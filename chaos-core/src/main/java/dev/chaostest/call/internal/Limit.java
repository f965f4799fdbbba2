// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call.internal;

import java.time.Duration;

/** How many calls get through when. */
public interface Limit {

    /** With a window of at most a day, its product with one still fits a long. */
    long COUNT_MAX = 100_000;

    /** One that nothing has gone through yet. */
    Gate gate();

    /** What has gone through. */
    interface Gate {
        /** Lets one through, or says in how long one would get through; zero if it went through. */
        Duration retryAfter(long now);
    }

    static void requireCount(String what, long count) {
        if (count < 1 || count > COUNT_MAX) {
            throw new IllegalArgumentException(what + " of a rate limit must be between 1 and " + COUNT_MAX
                    + ", but was " + count + ". For no calls at all use alwaysFail.");
        }
    }
}

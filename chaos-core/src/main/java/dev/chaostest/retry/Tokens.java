// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.time.TimeSource;

/** The bucket of a {@link RetryBudget}. */
final class Tokens {

    private static final double SECOND = 1e9;

    /** Ten times 0.1 is less than 1 by this much at most. */
    private static final double ROUNDING = 1e-9;

    private final RetryBudget budget;
    private final TimeSource time;
    private double saved;
    private long seen;

    Tokens(RetryBudget budget, TimeSource time) {
        this.budget = budget;
        this.time = time;
        this.saved = Math.min(budget.perSecond(), budget.savedMax());
        this.seen = time.nanos();
    }

    /** A call was made. */
    synchronized void called() {
        save(budget.ratio());
    }

    /** Whether a retry may be made; if so, it is paid. */
    synchronized boolean take() {
        save(0);
        if (saved < 1 - ROUNDING) {
            return false;
        }
        saved = Math.max(0, saved - 1);
        return true;
    }

    private void save(double more) {
        long now = time.nanos();
        saved = Math.min(budget.savedMax(), saved + more + (now - seen) / SECOND * budget.perSecond());
        seen = now;
    }
}

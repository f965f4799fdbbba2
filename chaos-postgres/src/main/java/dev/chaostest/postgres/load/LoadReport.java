// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a load came to.
 *
 * <p>Two equal runs differ by up to 40 % on a machine that others use, too: compare runs that took turns, never single
 * numbers.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param transactions how many were committed
 * @param failures how many failed, by SQLSTATE; {@code "none"} where there was no state. One whose connection was lost while it
 *     committed is among them, and may be committed all the same
 * @param elapsed from the common start until the last client was through
 * @since 0.1
 */
public record LoadReport(long transactions, SortedMap<String, Long> failures, Duration elapsed) {

    private static final double NANOS = 1e9;

    public LoadReport {
        failures = Collections.unmodifiableSortedMap(new TreeMap<>(failures));
    }

    /** How many failed. */
    public long failed() {
        return failures.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Committed transactions per second. */
    public double perSecond() {
        return elapsed.isZero() ? 0 : transactions * NANOS / elapsed.toNanos();
    }

    /**
     * Checks that there was a load at all.
     *
     * @param least 1 or more
     * @return this
     * @throws AssertionError if fewer transactions were committed
     */
    public LoadReport requireAtLeast(long least) {
        if (transactions < least) {
            throw new AssertionError("At least " + Amount.of(least, "transaction") + " must be committed, but "
                    + transactions + (transactions == 1 ? " was" : " were")
                    + ". Give the load longer, or look at what failed.\n  seen : " + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return Amount.of(transactions, "transaction") + " in " + Durations.print(elapsed) + ", " + failed() + " failed"
                + (failures.isEmpty() ? "" : " " + failures);
    }
}

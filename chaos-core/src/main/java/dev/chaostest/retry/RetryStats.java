// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a {@link Retry} has done so far.
 *
 * <pre>{@code
 * assertThat(retry.stats().retries()).containsEntry("serialization", 2L);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param calls how many calls were begun
 * @param attempts how many attempts were begun, the first of each call included
 * @param retries by the classifier's label, how many failures were tried again
 * @param exhausted how many calls ended with {@link RetriesExhaustedException}, for whichever limit
 * @param budgetRefused how many of those for the budget
 * @since 0.1
 */
public record RetryStats(
        long calls, long attempts, SortedMap<String, Long> retries, long exhausted, long budgetRefused) {

    public RetryStats {
        retries = Collections.unmodifiableSortedMap(new TreeMap<>(retries));
    }

    /** Attempts for each call: 1 if nothing was tried again, 0 if nothing was called. */
    public double amplification() {
        return calls == 0 ? 0 : (double) attempts / calls;
    }
}

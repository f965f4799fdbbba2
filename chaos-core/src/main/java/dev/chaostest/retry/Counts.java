// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import java.util.SortedMap;
import java.util.TreeMap;

/** What {@link RetryStats} are made of; labels are the classifier's, so they are few. */
final class Counts {

    private final SortedMap<String, Long> retries = new TreeMap<>();
    private long calls;
    private long attempts;
    private long exhausted;
    private long budgetRefused;

    synchronized void began(int attempt) {
        attempts++;
        if (attempt == 1) {
            calls++;
        }
    }

    synchronized void ended(RetryEvent event) {
        switch (event.next()) {
            case RETRY -> retries.merge(event.label().orElse("?"), 1L, Long::sum);
            case ATTEMPTS, DEADLINE -> exhausted++;
            case BUDGET -> {
                exhausted++;
                budgetRefused++;
            }
            case DONE, GIVE_UP -> {}
        }
    }

    synchronized RetryStats stats() {
        return new RetryStats(calls, attempts, retries, exhausted, budgetRefused);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.ledger.Ledger;

/**
 * Is told how each attempt ended, before what comes next.
 *
 * <p>Called on the thread that made the attempt, so it must be quick and safe for use by many threads. If it throws, the
 * call ends with that.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RetryListener {

    /** An attempt ended. */
    void attempted(RetryEvent event);

    /** Writes each attempt into a ledger, as a note. */
    static RetryListener into(Ledger ledger) {
        return event -> ledger.noted(event.toString());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import java.util.List;

/**
 * Has a part of its own in the report of a red test.
 *
 * <p>Whatever a scope owns and that implements this is asked when the test fails, before anything is healed or closed, on
 * a thread of its own and with a deadline. What it throws becomes a line of the report.
 *
 * <pre>{@code
 * PeriodicMonitor<Integer> depth = scope.own("queue depth", PeriodicMonitor.start("queue depth", queue::size, every));
 * }</pre>
 *
 * @since 0.1
 */
public interface Reportable {

    /** The heading of its part. */
    String title();

    /** Its part, a bounded number of lines. */
    List<String> lines();
}

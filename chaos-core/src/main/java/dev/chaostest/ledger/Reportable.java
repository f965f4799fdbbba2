// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.ledger;

import java.util.List;
import java.util.Optional;

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

    /** The same as a picture, if it has one: an SVG document of a bounded size, written beside the report. */
    default Optional<String> svg() {
        return Optional.empty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.internal;

import org.jspecify.annotations.Nullable;

/**
 * A connection as it was at a time.
 *
 * @param begun whether the server was reached
 * @param outage what was wrong with the whole link; empty if nothing was
 * @param outages how often that has changed
 */
record Seen(Connection connection, boolean begun, String outage, long outages) {

    /** What keeps its client waiting; null if nothing of ours does. Not under the lock of the relay. */
    @Nullable
    String because() {
        if (begun) {
            return connection.waiting().because(outage);
        }
        return outage.equals(Outages.PARTITIONED) && connection.waiting().isConnecting() ? outage : null;
    }
}

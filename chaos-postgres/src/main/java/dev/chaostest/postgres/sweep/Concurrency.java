// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Point;
import dev.chaostest.explore.Recorded;
import dev.chaostest.plan.Lane;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether several did something at once. */
final class Concurrency {

    private Concurrency() {}

    /** Whether a session came to its turn again behind another one: their order may be another next time. */
    static boolean isIn(Recorded round) {
        Set<Lane> left = new HashSet<>();
        @Nullable Lane last = null;
        for (Point each : round.points()) {
            if (!each.site().seam().equals("sql") || each.lane().equals(last)) {
                continue;
            }
            if (left.contains(each.lane())) {
                return true;
            }
            if (last != null) {
                left.add(last);
            }
            last = each.lane();
        }
        return false;
    }
}

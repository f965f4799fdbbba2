// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Comparator;
import java.util.List;

/**
 * The decisions of a run, to be made again: rules strike at exactly these hits, and nowhere else.
 *
 * <pre>{@code
 * Script script = scope.round().decisions().script();
 * ChaosScope again = ChaosScope.open("payment", plan.following(script));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param decisions where rules strike; kept in an order that does not depend on time
 * @param complete whether they are all that a run has made. Rules are held to their word then, as in that run; of a part
 *     of them only the decisions themselves are asked for
 * @since 0.1
 */
public record Script(List<FiredAt> decisions, boolean complete) {

    public Script {
        decisions = decisions.stream().distinct().sorted(order()).toList();
    }

    /** All that a run has made. */
    public static Script of(List<FiredAt> decisions) {
        return new Script(decisions, true);
    }

    /** A part of what a run has made, or a change of it. */
    public static Script partly(List<FiredAt> decisions) {
        return new Script(decisions, false);
    }

    private static Comparator<FiredAt> order() {
        return Comparator.comparingInt(FiredAt::rule)
                .thenComparingInt(FiredAt::site)
                .thenComparingInt(FiredAt::halvings)
                .thenComparingInt(FiredAt::lane)
                .thenComparingLong(FiredAt::nth);
    }
}

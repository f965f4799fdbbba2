// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;

/**
 * What the plan says about one hit: the rules that strike, in order.
 *
 * @param hit where, on which lane, the how many-th
 * @param due what strikes; at most one of it ends the call
 * @param overshadowed rules that were due too, but lost the hit to an earlier one that ends the call
 * @since 0.1
 */
public record Decision(Hit hit, List<Due> due, List<Rule> overshadowed) {

    public Decision {
        due = List.copyOf(due);
        overshadowed = List.copyOf(overshadowed);
    }

    /**
     * A rule that strikes.
     *
     * @param rule the rule
     * @param fault what it does at this hit
     * @param draw a number in [0, 1) for what the fault itself leaves open, fixed by the seed
     */
    public record Due(Rule rule, Fault fault, double draw) {}
}

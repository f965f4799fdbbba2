// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.List;

/**
 * How far a rule got.
 *
 * @param rule the rule
 * @param reached how many hits its target matched
 * @param struck how often it struck
 * @param overshadowed how often it was due where an earlier rule had already ended the call
 * @param draws the first draws of a rule with a probability, in order of arrival
 * @param lacking of a rule that counts on each lane or for each key, those that arrived and on which it struck too rarely;
 *     by name
 * @since 0.1
 */
public record Tally(Rule rule, long reached, long struck, long overshadowed, List<Double> draws, List<Lane> lacking) {

    public Tally {
        draws = List.copyOf(draws);
        lacking = List.copyOf(lacking);
    }

    /**
     * Whether the rule could strike, had to, and did not as often as it says.
     *
     * <p>A rule that counts on each lane, or for each key, is held to its word on each that arrived. A rule that nothing reached is
     * missed, also where it need not strike.
     */
    public boolean isMissed() {
        if (rule.optional() || !rule.canStrike()) {
            return false;
        }
        if (reached == 0) {
            return true;
        }
        return rule.counting() == Rule.Counting.SCOPE ? struck < rule.mustStrike() : !lacking.isEmpty();
    }
}

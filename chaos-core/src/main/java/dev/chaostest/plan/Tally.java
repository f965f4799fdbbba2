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
 * @since 0.1
 */
public record Tally(Rule rule, long reached, long struck, long overshadowed, List<Double> draws) {

    public Tally {
        draws = List.copyOf(draws);
    }

    /** Whether the rule could strike, had to, and did not as often as it says. */
    public boolean isMissed() {
        if (rule.optional() || !rule.trigger().canStrike()) {
            return false;
        }
        return reached == 0 || struck < rule.trigger().mustStrike();
    }
}

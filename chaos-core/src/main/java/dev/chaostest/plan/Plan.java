// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The ordered rules of a scope, and the seed of their draws.
 *
 * <pre>{@code
 * Plan plan = Plan.of(Seed.random(), Rule.of(target, Trigger.nth(1), fault));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param seed the seed of the draws
 * @param rules the rules, in this order
 * @param script the decisions of an earlier run, to be made again
 * @since 0.1
 */
public record Plan(Seed seed, List<Rule> rules, Optional<Script> script) {

    public Plan {
        Objects.requireNonNull(seed, "seed");
        Objects.requireNonNull(script, "script");
        rules = List.copyOf(rules);
    }

    /** A plan whose rules decide by themselves. */
    public Plan(Seed seed, List<Rule> rules) {
        this(seed, rules, Optional.empty());
    }

    /** A plan of these rules, in this order. */
    public static Plan of(Seed seed, Rule... rules) {
        return new Plan(seed, List.of(rules));
    }

    /** As this plan, but its rules, and those that are added, strike where the script says and nowhere else. */
    public Plan following(Script decisions) {
        return new Plan(seed, rules, Optional.of(decisions));
    }

    /** A number that changes when what a rule decides does (not whether it may miss); the same in every JVM. */
    public int fingerprint() {
        long hash = Seed.hash(rules.toString());
        return (int) (hash ^ (hash >>> 32));
    }

    /**
     * What the seed alone does not fix, in sentences for the replay line; empty if it fixes every decision.
     *
     * @param lanes how many lanes arrived; one lane is ordered in itself
     */
    public List<String> unfixed(long lanes) {
        List<String> reasons = new ArrayList<>();
        if (lanes > 1 && isAnyCounted(Rule.Counting.SCOPE)) {
            reasons.add("which lane meets a count over the whole scope, when several lanes run");
        }
        if (lanes > 1 && isAnyCounted(Rule.Counting.KEY)) {
            reasons.add("which lane meets a count for one key, when several lanes share it");
        }
        if (rules.stream().anyMatch(Rule::isTimed)) {
            reasons.add("what falls into a span of time");
        }
        return List.copyOf(reasons);
    }

    /** As {@link #unfixed}, where each decision is fixed, too. */
    public List<String> unfixedByDecisions(long lanes) {
        return lanes > 1 && !unfixed(lanes).isEmpty()
                ? List.of("which work runs on which lane, when several lanes run")
                : List.of();
    }

    /**
     * Whether the next run of the same test may decide otherwise, be it by another seed or by what the seed does not fix.
     *
     * @param lanes how many lanes arrived
     */
    public boolean isByChance(long lanes) {
        return rules.stream().anyMatch(Rule::isDrawn) || !unfixed(lanes).isEmpty();
    }

    private boolean isAnyCounted(Rule.Counting counting) {
        return rules.stream().anyMatch(rule -> rule.isCounted() && rule.counting() == counting);
    }
}

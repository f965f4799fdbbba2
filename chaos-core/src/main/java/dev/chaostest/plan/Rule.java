// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.util.Objects;

/**
 * Where, when and what: one planned fault. A fault that can never happen at its target is refused.
 *
 * <p>Defaults: hits are counted over the whole scope, and a rule that could strike and did not makes the test red.
 *
 * <pre>{@code
 * Rule rule = Rule.of(target, Trigger.first(2), fault);
 * Rule relaxed = rule.perLane().mayMiss();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param target which sites
 * @param trigger which of the hits there
 * @param fault what happens
 * @param counting over what the trigger counts
 * @param optional whether the rule may end without having struck
 * @since 0.1
 */
public record Rule(Target target, Trigger trigger, Fault fault, Counting counting, boolean optional) {

    /** Over what a rule counts its hits. */
    public enum Counting {
        /** All lanes together. Under threads, which lane meets the n-th hit depends on scheduling. */
        SCOPE,
        /**
         * Each lane by itself: the same decisions whatever the threads do. The rule must strike as often as it says on
         * each lane that arrives.
         */
        LANE,
        /**
         * Each {@linkplain Detail#key key} by itself: an account, a provider. Where a hit has none, its lane stands for it.
         * The rule must strike as often as it says for each key that arrives.
         */
        KEY
    }

    public Rule {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(trigger, "trigger");
        Objects.requireNonNull(fault, "fault");
        Objects.requireNonNull(counting, "counting");
        fault.requirePossibleAt(target);
        fault = target.told(fault);
    }

    /** A strict rule that counts over the whole scope. */
    public static Rule of(Target target, Trigger trigger, Fault fault) {
        return new Rule(target, trigger, fault, Counting.SCOPE, false);
    }

    /** As this rule, but each lane counts by itself. */
    public Rule perLane() {
        return new Rule(target, trigger, fault, Counting.LANE, optional);
    }

    /** As this rule, but each key counts by itself. */
    public Rule perKey() {
        return new Rule(target, trigger, fault, Counting.KEY, optional);
    }

    /** How often it must have struck for a run to count; 0 if it need only have been reached. */
    public long mustStrike() {
        return fault.mustStrike(trigger.mustStrike());
    }

    /** Whether it can strike at all. */
    public boolean canStrike() {
        return trigger.canStrike() && fault.canStrike();
    }

    /** Whether what it does depends on how many hits came before, from wherever. */
    boolean isCounted() {
        return trigger.isCounted() || fault.isCounted();
    }

    /** Whether what it does depends on the clock. */
    boolean isTimed() {
        return trigger.isTimed() || fault.isTimed();
    }

    /** Whether what it does is drawn from the seed. */
    boolean isDrawn() {
        return trigger.isDrawn() || fault.isDrawn();
    }

    /** As this rule, but the test stays green if it never strikes. */
    public Rule mayMiss() {
        return new Rule(target, trigger, fault, counting, true);
    }

    @Override
    public String toString() {
        return fault + " at " + target + ", " + trigger + counted();
    }

    private String counted() {
        return switch (counting) {
            case SCOPE -> "";
            case LANE -> " on each lane";
            case KEY -> " for each key";
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;

/**
 * When a rule strikes, among the hits that its target matches.
 *
 * <p>Transient triggers strike a bounded number of times ({@link #nth}, {@link #first}, {@link #between},
 * {@link #times}); persistent ones go on ({@link #always}, {@link #from}, {@link #onwards}). Hits are counted by the
 * rule, over the whole scope or on each lane ({@link Rule.Counting}).
 *
 * <pre>{@code
 * Trigger secondOnly = Trigger.nth(2);
 * Trigger onceInTen = Trigger.probability(0.1);
 * Trigger oneBadLuck = Trigger.probability(0.1).times(1);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface Trigger permits PlainTrigger, DerivedTrigger {

    /** Whether it strikes now. */
    boolean isDue(Occasion occasion);

    /** How often it must have struck for a run to count; 0 if the rule need only have been reached. */
    long mustStrike();

    /** Whether it can strike at all. */
    default boolean canStrike() {
        return true;
    }

    /** Whether decisions depend on how many hits came before, from wherever. */
    default boolean isCounted() {
        return true;
    }

    /** Whether decisions depend on the clock. */
    default boolean isTimed() {
        return false;
    }

    /** Whether decisions are drawn: another seed makes others. */
    default boolean isDrawn() {
        return false;
    }

    /** What a trigger may know about a hit. */
    interface Occasion {
        /** The how many-th matching hit this is, from 1. */
        long nth();

        /** How often the rule struck before. */
        long struck();

        /** The draw for this hit, in [0, 1): always the same for the same hit. */
        double draw();

        /** A further draw for this hit, independent of the others; number 0 is {@link #draw()}. */
        double draw(int number);

        /** How long the rule has been active. */
        Duration elapsed();

        /** The hit as it arrived: its site, its lane, the how many-th there. */
        Hit hit();

        /** What the seam knows about the hit beyond that; not to be kept. */
        Detail detail();
    }

    /** Every matching hit. */
    static Trigger always() {
        return new PlainTrigger.Always();
    }

    /** The n-th matching hit only, from 1. */
    static Trigger nth(long n) {
        return new PlainTrigger.Between(n, n);
    }

    /** The first n matching hits. */
    static Trigger first(long n) {
        return PlainTrigger.firstOnes(n);
    }

    /** Matching hits first to last, both included. */
    static Trigger between(long first, long last) {
        return new PlainTrigger.Between(first, last);
    }

    /** The n-th matching hit and all later ones. */
    static Trigger from(long n) {
        return new PlainTrigger.From(n);
    }

    /** Each n-th matching hit: n, 2n, 3n ... */
    static Trigger every(long n) {
        return new PlainTrigger.Every(n);
    }

    /** Each matching hit with this probability; 0 never strikes, and is not missed. */
    static Trigger probability(double p) {
        return new PlainTrigger.Probability(p);
    }

    /** Every matching hit for a span of time since the scope was first armed, or the rule added if that was later. */
    static Trigger during(Duration span) {
        return new PlainTrigger.During(span);
    }

    /** As this trigger, but at most so many times; fewer are enough, while {@link #first} must strike each time. */
    default Trigger times(long most) {
        return new DerivedTrigger.Times(this, most);
    }

    /** As this trigger until it strikes, and every matching hit from then on. */
    default Trigger onwards() {
        return new DerivedTrigger.Onwards(this);
    }

    /**
     * As this trigger, but on one lane only. For a rule that {@linkplain Rule#perLane counts on each lane}: it counts the hits
     * of that lane, whatever the others do.
     */
    default Trigger on(Lane lane) {
        return new DerivedTrigger.OnLane(this, lane);
    }
}

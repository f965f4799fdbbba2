// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import dev.chaostest.internal.Amount;
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
public sealed interface Trigger {

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
        return new Always();
    }

    /** The n-th matching hit only, from 1. */
    static Trigger nth(long n) {
        return new Between(n, n);
    }

    /** The first n matching hits. */
    static Trigger first(long n) {
        requirePositive("the number of hits", n);
        return new Between(1, n);
    }

    /** Matching hits first to last, both included. */
    static Trigger between(long first, long last) {
        return new Between(first, last);
    }

    /** The n-th matching hit and all later ones. */
    static Trigger from(long n) {
        return new From(n);
    }

    /** Each n-th matching hit: n, 2n, 3n ... */
    static Trigger every(long n) {
        return new Every(n);
    }

    /** Each matching hit with this probability; 0 never strikes, and is not missed. */
    static Trigger probability(double p) {
        return new Probability(p);
    }

    /** Every matching hit for a span of time since the scope was first armed, or the rule added if that was later. */
    static Trigger during(Duration span) {
        return new During(span);
    }

    /** As this trigger, but at most so many times; fewer are enough, while {@link #first} must strike each time. */
    default Trigger times(long most) {
        return new Times(this, most);
    }

    /** As this trigger until it strikes, and every matching hit from then on. */
    default Trigger onwards() {
        return new Onwards(this);
    }

    /**
     * As this trigger, but on one lane only. For a rule that {@linkplain Rule#perLane counts on each lane}: it counts the hits
     * of that lane, whatever the others do.
     */
    default Trigger on(Lane lane) {
        return new OnLane(this, lane);
    }

    /** See {@link Trigger#always}. */
    record Always() implements Trigger {
        @Override
        public boolean isDue(Occasion occasion) {
            return true;
        }

        @Override
        public long mustStrike() {
            return 1;
        }

        @Override
        public boolean isCounted() {
            return false;
        }

        @Override
        public String toString() {
            return "every time";
        }
    }

    /** See {@link Trigger#between}. */
    record Between(long first, long last) implements Trigger {
        public Between {
            requirePositive("the first hit", first);
            if (last < first) {
                throw new IllegalArgumentException("the last hit must not come before the first, but they were " + last
                        + " and " + first + ". Give the smaller number first.");
            }
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.nth() >= first && occasion.nth() <= last;
        }

        @Override
        public long mustStrike() {
            return last - first + 1;
        }

        @Override
        public String toString() {
            if (first == last) {
                return "hit " + first;
            }
            return first == 1 ? "the first " + last + " hits" : "hits " + first + " to " + last;
        }
    }

    /** See {@link Trigger#from}. */
    record From(long n) implements Trigger {
        public From {
            requirePositive("the first hit", n);
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.nth() >= n;
        }

        @Override
        public long mustStrike() {
            return 1;
        }

        @Override
        public String toString() {
            return "hit " + n + " and all later ones";
        }
    }

    /** See {@link Trigger#every}. */
    record Every(long n) implements Trigger {
        public Every {
            requirePositive("the interval", n);
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.nth() % n == 0;
        }

        @Override
        public long mustStrike() {
            return 1;
        }

        @Override
        public String toString() {
            return "every " + n + " hits";
        }
    }

    /** See {@link Trigger#probability}. */
    record Probability(double p) implements Trigger {
        public Probability {
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException(
                        "probability must be between 0 and 1, but was " + p + ". Write 0.1 for one hit in ten.");
            }
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return p > 0 && occasion.draw() < p;
        }

        @Override
        public long mustStrike() {
            return p == 1 ? 1 : 0;
        }

        @Override
        public boolean canStrike() {
            return p > 0;
        }

        @Override
        public boolean isDrawn() {
            return p > 0 && p < 1;
        }

        @Override
        public boolean isCounted() {
            return false;
        }

        @Override
        public String toString() {
            return "with probability " + p;
        }
    }

    /** See {@link Trigger#during}. */
    record During(Duration span) implements Trigger {
        public During {
            if (span.isNegative() || span.isZero()) {
                throw new IllegalArgumentException(
                        "the span must be positive, but was " + span + ". Write for example Duration.ofSeconds(2).");
            }
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.elapsed().compareTo(span) < 0;
        }

        @Override
        public long mustStrike() {
            return 1;
        }

        @Override
        public boolean isCounted() {
            return false;
        }

        @Override
        public boolean isTimed() {
            return true;
        }

        @Override
        public String toString() {
            return "for " + Durations.print(span);
        }
    }

    /** See {@link Trigger#times}. */
    record Times(Trigger trigger, long most) implements Trigger {
        public Times {
            requirePositive("the number of times", most);
        }

        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.struck() < most && trigger.isDue(occasion);
        }

        @Override
        public long mustStrike() {
            return Math.min(most, trigger.mustStrike());
        }

        @Override
        public boolean canStrike() {
            return trigger.canStrike();
        }

        @Override
        public boolean isTimed() {
            return trigger.isTimed();
        }

        @Override
        public boolean isDrawn() {
            return trigger.isDrawn();
        }

        @Override
        public String toString() {
            return trigger + ", at most " + Amount.of(most, "time");
        }
    }

    /** See {@link Trigger#onwards}. */
    record Onwards(Trigger trigger) implements Trigger {
        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.struck() > 0 || trigger.isDue(occasion);
        }

        @Override
        public long mustStrike() {
            return Math.min(1, trigger.mustStrike());
        }

        @Override
        public boolean canStrike() {
            return trigger.canStrike();
        }

        @Override
        public boolean isTimed() {
            return trigger.isTimed();
        }

        @Override
        public boolean isDrawn() {
            return trigger.isDrawn();
        }

        @Override
        public String toString() {
            return trigger + ", and every time from then on";
        }
    }

    /** See {@link Trigger#on}. */
    record OnLane(Trigger trigger, Lane lane) implements Trigger {
        @Override
        public boolean isDue(Occasion occasion) {
            return occasion.hit().lane().equals(lane) && trigger.isDue(occasion);
        }

        /** None on the other lanes, so none can be asked for. */
        @Override
        public long mustStrike() {
            return 0;
        }

        @Override
        public boolean canStrike() {
            return trigger.canStrike();
        }

        @Override
        public boolean isCounted() {
            return trigger.isCounted();
        }

        @Override
        public boolean isTimed() {
            return trigger.isTimed();
        }

        @Override
        public boolean isDrawn() {
            return trigger.isDrawn();
        }

        @Override
        public String toString() {
            return trigger + " on lane " + lane;
        }
    }

    private static void requirePositive(String what, long n) {
        if (n < 1) {
            throw new IllegalArgumentException(
                    what + " must be 1 or more, but was " + n + ". Hits are counted from 1.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;

/** A trigger that asks no other: by the count of hits, by chance, or by the clock. */
sealed interface PlainTrigger extends Trigger {

    /** The first n hits. */
    static PlainTrigger firstOnes(long n) {
        requirePositive("the number of hits", n);
        return new Between(1, n);
    }

    static void requirePositive(String what, long n) {
        if (n < 1) {
            throw new IllegalArgumentException(
                    what + " must be 1 or more, but was " + n + ". Hits are counted from 1.");
        }
    }

    /** See {@link Trigger#always}. */
    record Always() implements PlainTrigger {
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
    record Between(long first, long last) implements PlainTrigger {
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
    record From(long n) implements PlainTrigger {
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
    record Every(long n) implements PlainTrigger {
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
            return n == 1 ? "every hit" : "every " + n + " hits";
        }
    }

    /** See {@link Trigger#probability}. */
    record Probability(double p) implements PlainTrigger {
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
    record During(Duration span) implements PlainTrigger {
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
}

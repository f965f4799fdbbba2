// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import java.time.Duration;

/**
 * How long a delay takes, as a function of one draw: the same draw gives the same length in every JVM.
 *
 * <pre>{@code
 * Length typical = Length.logNormal(Duration.ofMillis(20), Duration.ofMillis(500));
 * Delay slow = new Delay(typical, When.BEFORE);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface Length {

    /** What a network, a server or a person may take at most in a test. */
    Duration LIMIT = Duration.ofDays(1);

    /** The length for a draw in [0, 1); a greater draw never gives a shorter one. */
    Duration at(double draw);

    /** The greatest length that any draw gives. */
    Duration longest();

    /** Half as long for each draw. */
    Length halved();

    /** Always the same. */
    static Length fixed(Duration length) {
        return new Uniform(length, length);
    }

    /** Every length between the two is as likely. */
    static Length uniform(Duration shortest, Duration longest) {
        return new Uniform(shortest, longest);
    }

    /** Around a mean; two of three lengths are nearer to it than the deviation. Never negative. */
    static Length normal(Duration mean, Duration deviation) {
        return new Normal(mean, deviation);
    }

    /** Mostly short, sometimes very long, as the latency of real services: one of a hundred is longer than p99. */
    static Length logNormal(Duration median, Duration p99) {
        return new LogNormal(median, p99);
    }

    /**
     * See {@link #uniform}.
     *
     * @param shortest not negative
     * @param longest at least the shortest, positive, at most a day
     */
    record Uniform(Duration shortest, Duration longest) implements Length {

        public Uniform {
            if (shortest.isNegative() || longest.compareTo(shortest) < 0) {
                throw new IllegalArgumentException("delay must run from a shortest to a longest wait, but was from "
                        + shortest + " to " + longest + ". Give the smaller duration first.");
            }
            requireBounded(longest, longest);
        }

        @Override
        public Duration at(double draw) {
            long range = longest.minus(shortest).toNanos();
            return shortest.plusNanos((long) (range * draw));
        }

        @Override
        public Length halved() {
            return new Uniform(shortest.dividedBy(2), longest.dividedBy(2));
        }

        @Override
        public String toString() {
            return shortest.equals(longest)
                    ? Durations.print(longest)
                    : Durations.print(shortest) + " to " + Durations.print(longest);
        }
    }

    /**
     * See {@link #normal}. What falls below zero is zero, what falls beyond four deviations is cut off there.
     *
     * @param mean positive
     * @param deviation positive; mean and four deviations at most a day
     */
    record Normal(Duration mean, Duration deviation) implements Length {

        private static final int DEVIATIONS_MAX = 4;

        public Normal {
            if (mean.isNegative() || mean.isZero() || deviation.isNegative() || deviation.isZero()) {
                throw new IllegalArgumentException("delay must have a mean and a deviation longer than zero, but had "
                        + mean + " and " + deviation + ". For a fixed wait leave the deviation out.");
            }
            requireBounded(deviation, mean);
            requireBounded(mean.plus(deviation.multipliedBy(DEVIATIONS_MAX)), mean);
        }

        @Override
        public Duration at(double draw) {
            double deviations = Math.min(Gauss.quantile(draw), DEVIATIONS_MAX);
            double nanos = mean.toNanos() + deviations * deviation.toNanos();
            return Duration.ofNanos((long) Math.max(0, nanos));
        }

        @Override
        public Duration longest() {
            return mean.plus(deviation.multipliedBy(DEVIATIONS_MAX));
        }

        @Override
        public Length halved() {
            return new Normal(mean.dividedBy(2), deviation.dividedBy(2));
        }

        @Override
        public String toString() {
            return Durations.print(mean) + " ± " + Durations.print(deviation);
        }
    }

    /**
     * See {@link #logNormal}. What one of ten thousand would exceed is cut off there.
     *
     * @param median half of the lengths are shorter; positive
     * @param p99 longer than the median; the length that one of ten thousand exceeds must be at most a day
     */
    record LogNormal(Duration median, Duration p99) implements Length {

        private static final double P99 = 0.99;
        private static final double LAST = 0.9999;

        public LogNormal {
            if (median.isNegative() || median.isZero() || p99.compareTo(median) <= 0) {
                throw new IllegalArgumentException(
                        "delay must have a median longer than zero and a p99 longer than that, but had " + median
                                + " and " + p99 + ". Swap them, or leave p99 out for a fixed wait.");
            }
            requireBounded(p99, p99);
            requireBounded(length(median, p99, LAST), p99);
        }

        @Override
        public Duration at(double draw) {
            return length(median, p99, Math.min(draw, LAST));
        }

        private static Duration length(Duration median, Duration p99, double draw) {
            double sigma = StrictMath.log((double) p99.toNanos() / median.toNanos()) / Gauss.quantile(P99);
            double nanos = median.toNanos() * StrictMath.exp(sigma * Gauss.quantile(draw));
            return Duration.ofNanos((long) nanos); // saturates, and is refused then
        }

        @Override
        public Duration longest() {
            return length(median, p99, LAST);
        }

        @Override
        public Length halved() {
            return new LogNormal(median.dividedBy(2), p99.dividedBy(2));
        }

        @Override
        public String toString() {
            return Durations.print(median) + " (p99 " + Durations.print(p99) + ")";
        }
    }

    private static void requireBounded(Duration longest, Duration given) {
        if (longest.isZero() || longest.compareTo(LIMIT) > 0) {
            throw new IllegalArgumentException("delay must be longer than zero and at most a day, but was " + given
                    + (longest.equals(given) ? "" : ", of which some waits are " + longest)
                    + ". To inject no delay, remove the fault.");
        }
    }
}

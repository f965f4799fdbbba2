// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How one way does against another, both measured in turn.
 *
 * <p>What a moment has of its own, such as a busy neighbour, hits both; so only neighbours in time are compared. What a
 * JVM has of its own, such as how it compiled, hits all pairs in it; so a JVM counts once, with the median of its pairs.
 * The interval over the JVMs is Student's, two-sided, 95 %: the truth is above its upper end once in forty times.
 *
 * @param estimate the mean over the JVMs; for a ratio the geometric one
 * @param low the lower end
 * @param high the upper end
 */
record Paired(double estimate, double low, double high) {

    private static final double UPPER_QUANTILE = 0.975;

    /** The other divided by the base; one row for each JVM, in order of time. */
    static Paired ratio(double[][] base, double[][] other) {
        Paired logs = of(base, other, (a, b) -> Math.log(b / a));
        return new Paired(Math.exp(logs.estimate), Math.exp(logs.low), Math.exp(logs.high));
    }

    /** The other less the base; one row for each JVM, in order of time. */
    static Paired difference(double[][] base, double[][] other) {
        return of(base, other, (a, b) -> b - a);
    }

    private static Paired of(double[][] base, double[][] other, DoubleBinaryOperator compare) {
        if (base.length != other.length || base.length < 2) {
            throw new IllegalArgumentException("Both must be measured in the same two JVMs or more, but were in "
                    + base.length + " and " + other.length + ".");
        }
        double[] medians = new double[base.length];
        for (int jvm = 0; jvm < base.length; jvm++) {
            medians[jvm] = median(base[jvm], other[jvm], compare);
        }
        double mean = StatUtils.mean(medians);
        double error = Math.sqrt(StatUtils.variance(medians) / medians.length);
        double half = error * new TDistribution(medians.length - 1).inverseCumulativeProbability(UPPER_QUANTILE);
        return new Paired(mean, mean - half, mean + half);
    }

    private static double median(double[] base, double[] other, DoubleBinaryOperator compare) {
        if (base.length != other.length) {
            throw new IllegalArgumentException("Both must be measured equally often in a JVM, but were " + base.length
                    + " and " + other.length + " times.");
        }
        double[] pairs = new double[base.length];
        for (int turn = 0; turn < pairs.length; turn++) {
            pairs[turn] = compare.applyAsDouble(base[turn], other[turn]);
        }
        return StatUtils.percentile(pairs, 50);
    }

    String print(String format) {
        return String.format(Locale.ROOT, format + " [" + format + " .. " + format + "]", estimate, low, high);
    }
}

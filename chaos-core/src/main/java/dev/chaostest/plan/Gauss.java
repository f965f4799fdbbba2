// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/** The normal distribution. */
final class Gauss {

    /** Draws nearer to 0 and 1 than this count as this near: five deviations. */
    private static final double EDGE = 2.9e-7;

    private static final double TAIL = 0.02425;

    private Gauss() {}

    /**
     * How many deviations above the mean a share of all values ends, to nine digits.
     *
     * <p>Strict arithmetic, so that a seed gives the same delays on every machine. Source: P. J. Acklam's rational
     * approximation of the inverse normal distribution.
     */
    static double quantile(double share) {
        double p = Math.min(Math.max(share, EDGE), 1 - EDGE);
        if (p < TAIL) {
            return tail(p);
        }
        if (p > 1 - TAIL) {
            return -tail(1 - p);
        }
        return centre(p - 0.5);
    }

    private static double centre(double q) {
        double r = q * q;
        double above = polynomial(
                r,
                -3.969683028665376e+01,
                2.209460984245205e+02,
                -2.759285104469687e+02,
                1.383577518672690e+02,
                -3.066479806614716e+01,
                2.506628277459239e+00);
        double below = polynomial(
                r,
                -5.447609879822406e+01,
                1.615858368580409e+02,
                -1.556989798598866e+02,
                6.680131188771972e+01,
                -1.328068155288572e+01,
                1);
        return above * q / below;
    }

    private static double tail(double p) {
        double q = StrictMath.sqrt(-2 * StrictMath.log(p));
        double above = polynomial(
                q,
                -7.784894002430293e-03,
                -3.223964582411365e-01,
                -2.400758277161838e+00,
                -2.549732539343734e+00,
                4.374664141464968e+00,
                2.938163982698783e+00);
        double below = polynomial(
                q, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1);
        return above / below;
    }

    private static double polynomial(double x, double... coefficients) {
        double sum = 0;
        for (double coefficient : coefficients) {
            sum = sum * x + coefficient;
        }
        return sum;
    }
}

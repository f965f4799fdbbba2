// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

/**
 * How something grows from call to call.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public sealed interface Growth {

    /** What it has grown to, in relation to the first call, after so many calls. */
    double factor(long before);

    /**
     * By the same amount each time: {@code 1 + before * rate}, as simple interest.
     *
     * @param rate more than 0; 0.1 for a tenth of the first
     * @throws IllegalArgumentException if it is not
     */
    static Growth linear(double rate) {
        return new Linear(rate);
    }

    /**
     * By the same share each time: {@code (1 + rate) ^ before}, as compound interest.
     *
     * @param rate more than 0; 0.1 for a tenth of the last
     * @throws IllegalArgumentException if it is not
     */
    static Growth compound(double rate) {
        return new Compound(rate);
    }

    /** See {@link Growth#linear}. */
    record Linear(double rate) implements Growth {
        public Linear {
            requireGrowth(rate);
        }

        @Override
        public double factor(long before) {
            return 1 + before * rate;
        }

        @Override
        public String toString() {
            return "linearly by " + rate;
        }
    }

    /** See {@link Growth#compound}. */
    record Compound(double rate) implements Growth {
        public Compound {
            requireGrowth(rate);
        }

        @Override
        public double factor(long before) {
            return StrictMath.pow(1 + rate, (double) before); // the same in every JVM
        }

        @Override
        public String toString() {
            return "compound by " + rate;
        }
    }

    private static void requireGrowth(double rate) {
        if (!(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("the rate of growth must be more than 0, but was " + rate
                    + ". Write 0.1 for a tenth more each time.");
        }
    }
}

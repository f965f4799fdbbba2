// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * How many retries there may be for the calls there are: what keeps a retry from multiplying the load of a server that
 * is failing because of its load.
 *
 * <p>A bucket of tokens, shared by all calls of one {@link Retry}: each call puts a part of a token in, each second some
 * more, and each retry takes a whole one or is refused. It starts with what one second gives and holds at most what ten
 * seconds give, or 10 if that is more.
 *
 * <pre>{@code
 * RetryBudget budget = new RetryBudget(0.1, 10);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param ratio retries for each call, 0 to 100; 0.1 is one retry for ten calls
 * @param perSecond retries that each second allows in any case, 0 to 1,000,000
 * @since 0.1
 */
public record RetryBudget(double ratio, double perSecond) {

    private static final double RATIO_MAX = 100;
    private static final double PER_SECOND_MAX = 1_000_000;
    private static final int DIGITS_SHOWN = 4;
    private static final double SAVED_SECONDS = 10;
    private static final double SAVED_LEAST = 10;

    public RetryBudget {
        if (!(ratio >= 0 && ratio <= RATIO_MAX && perSecond >= 0 && perSecond <= PER_SECOND_MAX)
                || ratio + perSecond == 0) {
            throw new IllegalArgumentException(
                    "a retry budget must allow 0 to 100 retries for each call and 0 to 1000000 "
                            + "for each second, and not 0 of both, but was " + ratio + " and " + perSecond
                            + ". Write 0.1 and 10 for one retry in ten calls, and ten a second in any case.");
        }
    }

    /** How many tokens the bucket holds at most. */
    double savedMax() {
        return Math.max(SAVED_LEAST, SAVED_SECONDS * perSecond);
    }

    @Override
    public String toString() {
        return print(ratio * 100) + "% of the calls plus " + print(perSecond) + " a second";
    }

    private static String print(double number) {
        return new BigDecimal(number, new MathContext(DIGITS_SHOWN))
                .stripTrailingZeros()
                .toPlainString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * Says how many of something there are: {@code 1 row}, {@code 2 rows}.
 *
 * @since 0.1
 */
public final class Amount {

    private Amount() {}

    /**
     * As {@link #of(long, String, String)}, where several have an s behind them.
     *
     * @param one what one of them is called
     */
    public static String of(long n, String one) {
        return of(n, one, one + "s");
    }

    /**
     * The number, and what so many are called.
     *
     * @param one what one of them is called
     * @param many what several of them, or none, are called
     */
    public static String of(long n, String one, String many) {
        return n + " " + (n == 1 ? one : many);
    }
}

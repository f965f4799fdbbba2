// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

/**
 * How much of a back-off is left to chance, so that those who failed together don't come back together.
 *
 * @since 0.1
 */
public enum Jitter {
    /** None: the back-off as it is. */
    NONE,
    /** From nothing to the whole back-off. */
    FULL,
    /** From half of the back-off to the whole: never next to nothing, so it eases an overload. */
    EQUAL,
    /** From the base to three times the last back-off; a {@linkplain Backoff#factor() factor} is not looked at. */
    DECORRELATED
}

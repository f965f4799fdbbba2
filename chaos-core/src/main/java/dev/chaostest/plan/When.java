// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * Whether a fault strikes before or after the effect of what it hits.
 *
 * @since 0.1
 */
public enum When {
    /** What was asked for has not happened when the fault strikes. */
    BEFORE,
    /** What was asked for has happened; only the answer suffers. */
    AFTER
}

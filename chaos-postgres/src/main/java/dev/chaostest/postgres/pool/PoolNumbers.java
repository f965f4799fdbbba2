// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

/**
 * What a pool says about itself, at one moment: HikariCP reads its numbers one after the other, so they need not add up while
 * somebody borrows.
 *
 * <p>Immutable, safe for use by many threads. Source: HikariCP, {@code HikariPoolMXBean}.
 *
 * @param total connections that are open
 * @param active that are borrowed
 * @param idle that can be borrowed at once
 * @param waiting threads that wait for one, not counting those that a rule holds
 * @since 0.1
 */
public record PoolNumbers(int total, int active, int idle, int waiting) {

    @Override
    public String toString() {
        return "total=" + total + ", active=" + active + ", idle=" + idle + ", waiting=" + waiting;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

/**
 * One session waits for another.
 *
 * <p>Source: {@code pg_blocking_pids}: the other one holds a lock that conflicts, or stands before it in the queue for one;
 * and {@code pg_safe_snapshot_blocking_pids}. Immutable, safe for use by many threads.
 *
 * <pre>{@code
 * assertThat(state.blockings()).containsExactly(new Blocking(waiter, holder));
 * }</pre>
 *
 * @param waiting the process id of the one that waits
 * @param blocking the process id of the one that it waits for; 0 for a prepared transaction, which has no session
 * @since 0.1
 */
public record Blocking(int waiting, int blocking) {

    /** The process id that stands for all prepared transactions. */
    public static final int PREPARED = 0;
}

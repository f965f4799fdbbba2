// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.pool.internal.HikariPresence;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * How many connections a pool of HikariCP has, at one moment.
 *
 * <p>Asks the pool itself, not the server; costs no connection. The numbers are read one after the other, so that they may be
 * off by one while others borrow.
 *
 * <pre>{@code
 * assertThat(PoolState.of(bank).orElseThrow().waiting()).isZero();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param name the pool's
 * @param max how many connections it may have
 * @param total how many it has
 * @param active how many of them are borrowed
 * @param idle how many of them are free
 * @param waiting how many threads wait for one
 * @since 0.1
 */
public record PoolState(String name, int max, int total, int active, int idle, int waiting) {

    /** The state of a pool, also of one that is wrapped; empty if it is no pool of HikariCP, or if HikariCP is missing. */
    public static Optional<PoolState> of(DataSource source) {
        return HikariPresence.isPresent() ? HikariState.read(source) : Optional.empty();
    }

    /** Whether all of its connections are borrowed. */
    public boolean isExhausted() {
        return active >= max;
    }

    @Override
    public String toString() {
        return "pool \"" + name + "\": " + active + " of " + max + " borrowed, " + idle + " idle, " + waiting
                + " waiting";
    }
}

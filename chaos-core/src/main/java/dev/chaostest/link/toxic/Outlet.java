// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

import java.time.Duration;

/**
 * What a {@link Stage} acts through: what it hands on goes on in order, at its time, or at once when the toxic is taken
 * away.
 *
 * <p>Times are nanoseconds of the round's clock.
 *
 * @since 0.1
 */
public interface Outlet {

    /** The time of what is never due: it goes on when the toxic is taken away. */
    long NEVER = Long.MAX_VALUE;

    /** The time at which what is handled now came to this stage. */
    long now();

    /** Hands bytes on; not before those handed on earlier. */
    void pass(Chunk chunk, long due);

    /** Hands on what comes behind the bytes; not before what was handed on earlier. */
    void pass(Signal signal, long due);

    /** Does something after a time, unless the toxic is taken away or the connection ends earlier. It must be quick. */
    void after(Duration delay, Runnable action);

    /**
     * Closes both sockets of the connection in order; what is under way is lost. For when a stage begins, or after a time;
     * behind bytes, hand on {@link Signal#CLOSE}.
     */
    void close();

    /**
     * Resets the socket that this direction leads to; what is under way there is lost. For when a stage begins, or after a
     * time; behind bytes, hand on {@link Signal#RESET}.
     */
    void reset();

    /** Says that the toxic took hold; the first time, the ledger says so. */
    void struck();
}

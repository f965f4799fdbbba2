// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

/**
 * What a toxic does in one direction of one connection: a state machine without I/O, threads or waiting.
 *
 * <p>What is to go on is handed to the {@link Outlet}, which does the waiting: now, later, or when the toxic is taken
 * away. A stage keeps no bytes itself, so taking it away can't lose any. What it does not hand on is lost, and that only
 * where its toxic says so.
 *
 * <pre>{@code
 * public void bytes(Chunk chunk, Outlet out) {
 *     out.struck();
 *     out.pass(chunk, out.now() + 200_000_000);
 * }
 * }</pre>
 *
 * <p>Called by one thread at a time.
 *
 * @since 0.1
 */
public interface Stage {

    /** The connection is there, and the toxic holds from now on. */
    default void begin(Outlet out) {}

    /** Bytes have come. */
    default void bytes(Chunk chunk, Outlet out) {
        out.pass(chunk, out.now());
    }

    /** What comes behind the bytes. */
    default void signal(Signal signal, Outlet out) {
        out.pass(signal, out.now());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.link.toxic;

/**
 * What travels behind the bytes of one direction of a connection.
 *
 * @since 0.1
 */
public enum Signal {
    /** No more bytes will come (FIN). */
    END,
    /** The connection broke at the source (RST). */
    RESET,
    /** The whole connection is to be closed. */
    CLOSE,
    /** The source is gone, and the sink is not told. */
    SILENCE
}

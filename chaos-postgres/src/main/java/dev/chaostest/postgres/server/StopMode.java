// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

/**
 * How a server is stopped, from the kindest to the most brutal.
 *
 * <p>Source: PostgreSQL, "Shutting Down the Server".
 *
 * @since 0.1
 */
public enum StopMode {
    /** Sessions are ended with 57P01, open transactions roll back, and everything is written to disk. */
    FAST,
    /** Sessions are lost with 08006, nothing is written; the next start recovers from the write-ahead log. */
    IMMEDIATE,
    /** Every process is killed in the same moment, as by a power failure; the next start recovers, too. */
    CRASH
}

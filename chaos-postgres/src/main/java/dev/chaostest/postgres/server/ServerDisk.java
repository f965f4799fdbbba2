// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

/**
 * What of a server can be put on a small disk of its own, in memory, which can then run full.
 *
 * @since 0.1
 */
public enum ServerDisk {
    /** Everything: tables and write-ahead log; at least 64 MB. */
    DATA(64),
    /** The write-ahead log; at least 32 MB. */
    WAL(32),
    /** An empty directory for {@code CREATE TABLESPACE}; at least 1 MB. See {@link PostgresServer#tablespaceLocation}. */
    TABLESPACE(1);

    private final long megabytesMin;

    ServerDisk(long megabytesMin) {
        this.megabytesMin = megabytesMin;
    }

    /** What fits on it at least. */
    long bytesMin() {
        return megabytesMin << 20;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import java.util.List;

/**
 * Where a primary writes now.
 *
 * @param timeline which of the histories that forked at promotions and restores
 * @param lsn where the next record goes
 * @param at when that was asked, by the server's clock, in microseconds since 1970
 */
public record Wal(int timeline, Lsn lsn, long at) {
    private static final int HEX = 16;
    private static final int TIMELINE_DIGITS = 8;

    /** Asks. */
    public static Wal of(Admin primary) {
        // The control file shows a new timeline only after the next checkpoint; the name of the file that is written
        // does
        // at once.
        List<String> row = primary.rows("""
            SELECT pg_walfile_name(lsn), lsn, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
            FROM pg_current_wal_insert_lsn() AS lsn\
            """).get(0);
        return new Wal(
                Integer.parseInt(row.get(0).substring(0, TIMELINE_DIGITS), HEX),
                Lsn.of(row.get(1)),
                Long.parseLong(row.get(2)));
    }
}

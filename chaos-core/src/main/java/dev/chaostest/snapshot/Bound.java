// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.snapshot;

/**
 * How much of one snapshot is kept with its cells; rows beyond are kept as their keys and SHA-256 digests.
 *
 * <p>A diff still says which rows of the latter are new, gone or different, but not in which cells. A row counts as the
 * bytes that its cells take in memory, roughly. In any case a snapshot has at most {@value #ROWS_MAX} rows, and 64 MiB
 * of keys of rows that are kept as digests.
 *
 * @param rows how many rows are kept with their cells; not negative
 * @param bytes how many bytes; not negative
 * @since 0.1
 */
public record Bound(long rows, long bytes) {

    private static final int ROWS_MAX = 1_000_000;
    private static final long KEY_BYTES_MAX = 64L << 20;
    private static final long ROWS_DEFAULT = 10_000;
    private static final long BYTES_DEFAULT = 16L << 20;

    public Bound {
        if (rows < 0 || bytes < 0) {
            throw new IllegalArgumentException("the bound of a snapshot must not be negative, but was " + rows
                    + " rows and " + bytes + " bytes. For digests only use Bound.digestsOnly().");
        }
    }

    /** 10,000 rows and 16 MiB. */
    public static Bound ofDefaults() {
        return new Bound(ROWS_DEFAULT, BYTES_DEFAULT);
    }

    /** No row with its cells: for what is large, or what nobody should read. */
    public static Bound digestsOnly() {
        return new Bound(0, 0);
    }

    /**
     * What no snapshot may exceed, digests or not.
     *
     * @param keyBytes of rows that are kept as digests
     */
    record Limits(int rows, long keyBytes) {
        static Limits ofDefaults() {
            return new Limits(ROWS_MAX, KEY_BYTES_MAX);
        }
    }
}

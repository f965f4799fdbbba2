// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.sql.SQLException;
import java.util.Set;
import java.util.TreeSet;

/** How many rows each bucket of a table has, and the sum of their hashes. For use by one thread. */
final class TableDigest {

    private static final int BUCKETS_MAX = 1_024;
    private static final int BUCKETS_MIN = 16;
    private static final int BYTES_A_BUCKET = 16_384;

    private final long[] counts;
    private final long[] sums;

    TableDigest(int buckets) {
        counts = new long[buckets];
        sums = new long[buckets];
    }

    /** A large table gets more: they say where to look. */
    static int bucketsFor(long bytes) {
        int buckets = BUCKETS_MIN;
        while (buckets < BUCKETS_MAX && (long) buckets * BYTES_A_BUCKET < bytes) {
            buckets *= 2;
        }
        return buckets;
    }

    static TableDigest read(ReadTransaction transaction, TableSql table, int buckets) throws SQLException {
        TableDigest digest = new TableDigest(buckets);
        transaction.query(table.digest(buckets), row -> {
            int bucket = row.getInt(1);
            digest.counts[bucket] = row.getLong(2);
            digest.sums[bucket] = row.getBigDecimal(3).toBigInteger().longValue(); // its lowest 64 bits
            return true;
        });
        return digest;
    }

    int buckets() {
        return counts.length;
    }

    void add(int bucket, long hash) {
        counts[bucket]++;
        sums[bucket] += hash;
    }

    long rows() {
        long rows = 0;
        for (long count : counts) {
            rows += count;
        }
        return rows;
    }

    /** The buckets in which the rows are not the same. */
    Set<Integer> differing(TableDigest other) {
        Set<Integer> differing = new TreeSet<>();
        for (int i = 0; i < counts.length; i++) {
            if (!isSame(other, i)) {
                differing.add(i);
            }
        }
        return differing;
    }

    boolean isSame(TableDigest other, int i) {
        return counts[i] == other.counts[i] && sums[i] == other.sums[i];
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import java.util.Locale;

/**
 * A place in the write-ahead log.
 *
 * @param position in bytes, from the beginning of the cluster
 */
public record Lsn(long position) implements Comparable<Lsn> {

    /** Reads what the server writes: {@code 0/16B3748}. */
    public static Lsn of(String text) {
        int slash = text.indexOf('/');
        return new Lsn(
                Long.parseLong(text.substring(0, slash), 16) << 32 | Long.parseLong(text.substring(slash + 1), 16));
    }

    /** How many bytes lie between an earlier place and this one. */
    public long minus(Lsn earlier) {
        return position - earlier.position;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(position, other.position);
    }

    @Override
    public String toString() {
        return Long.toHexString(position >>> 32).toUpperCase(Locale.ROOT) + "/"
                + Long.toHexString(position & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

/**
 * A place in the server's log.
 *
 * @param value 64 bits, without a sign
 */
record Lsn(long value) implements Comparable<Lsn> {

    /** As the server prints it: {@code 16/B374D848}. */
    static Lsn parse(String text) {
        int slash = text.indexOf('/');
        long high = Long.parseLong(text.substring(0, slash), 16);
        return new Lsn(high << 32 | Long.parseLong(text.substring(slash + 1), 16));
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toHexString(value >>> 32) + "/" + Long.toHexString(value & 0xFFFF_FFFFL);
    }
}

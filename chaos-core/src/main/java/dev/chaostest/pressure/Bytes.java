// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import java.util.Locale;

/** Bytes as people read them. */
final class Bytes {

    private static final long KB = 1L << 10;
    private static final long MB = 1L << 20;
    private static final long GB = 1L << 30;

    private Bytes() {}

    static String print(long bytes) {
        if (bytes < KB) {
            return bytes + " B";
        }
        if (bytes < MB) {
            return number(bytes, KB) + " KB";
        }
        return bytes < GB ? number(bytes, MB) + " MB" : number(bytes, GB) + " GB";
    }

    private static String number(long bytes, long unit) {
        return bytes % unit == 0
                ? Long.toString(bytes / unit)
                : String.format(Locale.ROOT, "%.1f", (double) bytes / unit);
    }

    static void requirePositive(String what, long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException(
                    what + " must be 1 byte or more, but was " + bytes + ". Write for example 32 << 20 for 32 MB.");
        }
    }
}

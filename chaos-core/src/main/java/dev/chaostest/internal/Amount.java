// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.internal;

/** A number of things as a sentence has it: {@code 1 row}, {@code 2 rows}. */
public final class Amount {

    private Amount() {}

    /** @param one what one of them is called; several have an s behind it */
    public static String of(long n, String one) {
        return of(n, one, one + "s");
    }

    /** @param many what several of them, or none, are called */
    public static String of(long n, String one, String many) {
        return n + " " + (n == 1 ? one : many);
    }
}

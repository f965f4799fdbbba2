// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

/** What the server makes of an application name, done beforehand: so that it is found again as it was given. */
public final class ApplicationName {

    private static final int LENGTH_MAX = 63;

    private ApplicationName() {}

    /** The name with printable ASCII only, and not too long. */
    public static String fitted(String name) {
        String ascii = name.codePoints()
                .map(c -> c >= ' ' && c <= '~' ? c : '?')
                .limit(LENGTH_MAX)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return ascii;
    }
}

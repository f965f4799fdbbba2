// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A PostgreSQL version.
 *
 * @param text as the server says it, such as 18.6 or 19beta1
 * @param major such as 18
 */
public record Version(String text, int major) {
    /** The oldest that we run on. */
    public static final int OLDEST = 15;

    /** The newest that was tried. */
    public static final int NEWEST = 18;

    private static final Pattern FORM = Pattern.compile("(\\d{1,3})[^\\s]*");
    private static final Pattern OUTPUT = Pattern.compile("\\(PostgreSQL\\) (\\S+)");

    /** Reads what a server says of itself, such as "15.14 (Debian 15.14-0+deb12u1)". */
    public static Optional<Version> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.lookingAt()
                ? Optional.of(new Version(matcher.group(), Integer.parseInt(matcher.group(1))))
                : Optional.empty();
    }

    /** Reads what {@code postgres --version} says. */
    static Optional<Version> ofOutput(String output) {
        Matcher matcher = OUTPUT.matcher(output);
        return matcher.find() ? parse(matcher.group(1)) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}

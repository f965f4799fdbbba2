// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import java.util.List;

/**
 * Holds what was found broken: how many, and a few of them.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param count rows; for duplicates, values that are there more than once
 * @param examples at most {@value #EXAMPLES_MAX}, the first ones in the order of their text, as the server prints them, cut off after {@value #CHARACTERS_MAX}
 *     characters
 * @since 0.1
 */
public record Evidence(long count, List<String> examples) {

    /** How many examples there are at most. */
    public static final int EXAMPLES_MAX = 5;

    /** How long an example is at most. */
    public static final int CHARACTERS_MAX = 200;

    public Evidence {
        examples = List.copyOf(examples);
    }

    /** The start of a text, in an order that no collation changes. */
    static String example(String text) {
        return "pg_catalog.left(" + text + ", " + CHARACTERS_MAX + ") COLLATE \"C\"";
    }

    @Override
    public String toString() {
        return count + ": " + String.join(", ", examples) + (count > examples.size() ? ", ..." : "");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.util.Set;

/**
 * A column, and how its values are told from each other.
 *
 * <p>Many types call values equal that are not the same: 1.0 and 1.00, 0.0 and -0.0, a day and 24 hours, texts under some
 * collations. Hashes of arrays don't see their bounds; those of {@code bigint} and {@code timestamp} fold the upper half onto
 * the lower one, so that 1 and 4294967296 hash alike. Such values are hashed in the form in which the server would send them:
 * then no change goes unseen.
 *
 * @param name as the catalog has it
 * @param type as SQL prints it
 * @param send the function that makes bytes of a value; empty if the value's own hash sees every change, or if there is
 *     none
 * @param isExact whether its own hash sees every change
 * @param print the function that makes text of a value
 * @param isText whether it is to be shown in quotes
 */
public record Column(String name, String type, String send, boolean isExact, String print, boolean isText) {

    private static final Set<String> WHOLE = Set.of("smallint", "integer", "bigint");

    /** How much of a value is compared cell by cell; of a longer one also its length and its MD5. */
    private static final int SHOWN_MAX = 10_000;

    String reference() {
        return "t." + SchemaName.quote(name);
    }

    /** What is hashed. */
    String exact() {
        if (isExact) {
            return reference();
        }
        return send.isEmpty() ? text() : send + "(" + reference() + ")";
    }

    String text() {
        return print + "(" + reference() + ")::text";
    }

    /** Whether it can tell rows from each other as it is, without being hashed. */
    boolean isWhole() {
        return WHOLE.contains(type);
    }

    /** What is shown of a value that {@link #text} gives. */
    static String shown(String text) {
        return "CASE WHEN length(" + text + ") > " + SHOWN_MAX + " THEN left(" + text + ", " + SHOWN_MAX
                + ") || '... ' || length(" + text + ") || ' characters, MD5 ' || md5(" + text + ") ELSE " + text + " END";
    }

}

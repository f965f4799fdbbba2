// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a prepared transaction, in the statement that prepares or ends it. */
public final class PreparedName {

    private static final Pattern NAMED =
            Pattern.compile("(?i)\\b(?:PREPARE\\s+TRANSACTION|COMMIT\\s+PREPARED)\\s+E?'((?:[^']|'')*)'");

    private PreparedName() {}

    /** The first one; empty if there is none. */
    public static String in(String sql) {
        Matcher named = NAMED.matcher(sql);
        return named.find() ? named.group(1).replace("''", "'") : "";
    }
}

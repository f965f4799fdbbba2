// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.sql.internal;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The one spelling of transaction control. Source: PostgreSQL documentation, SQL commands BEGIN to ROLLBACK TO. */
final class SqlControl {

    private static final Pattern BEGIN = Pattern.compile("BEGIN\\b.*|START TRANSACTION\\b.*");
    private static final Pattern END =
            Pattern.compile("(COMMIT|END|ROLLBACK|ABORT)(?: WORK| TRANSACTION)?(?: AND (NO )?CHAIN)?");
    private static final Pattern SAVEPOINT = Pattern.compile(
            "(SAVEPOINT|RELEASE(?: SAVEPOINT)?|ROLLBACK(?: WORK| TRANSACTION)? TO(?: SAVEPOINT)?) (.+)");

    /** Drivers number their savepoints, so the number differs from run to run. */
    private static final Pattern COUNTER = Pattern.compile("\\d+(?=\"?$)");

    private SqlControl() {}

    /** The name of a statement that is nothing but transaction control; else null. */
    static @Nullable String name(List<SqlToken> tokens) {
        if (tokens.isEmpty() || tokens.stream().anyMatch(token -> token.isSymbol(";"))) {
            return null;
        }
        StringBuilder words = new StringBuilder();
        tokens.forEach(token -> words.append(words.isEmpty() ? "" : " ").append(token.upper()));
        return named(words.toString(), tokens.get(tokens.size() - 1).text());
    }

    private static @Nullable String named(String words, String last) {
        if (BEGIN.matcher(words).matches()) {
            return "BEGIN";
        }
        var end = END.matcher(words);
        if (end.matches()) {
            String verb = end.group(1).equals("COMMIT") || end.group(1).equals("END") ? "COMMIT" : "ROLLBACK";
            boolean chain = words.endsWith(" CHAIN") && end.group(2) == null;
            return chain ? verb + " AND CHAIN" : verb;
        }
        var savepoint = SAVEPOINT.matcher(words);
        if (!savepoint.matches() || words.startsWith("ROLLBACK PREPARED")) {
            return null;
        }
        String name = COUNTER.matcher(last).replaceFirst("?");
        return switch (words.charAt(0)) {
                    case 'S' -> "SAVEPOINT ";
                    case 'R' -> words.startsWith("RELEASE") ? "RELEASE SAVEPOINT " : "ROLLBACK TO SAVEPOINT ";
                    default -> "";
                }
                + name;
    }
}

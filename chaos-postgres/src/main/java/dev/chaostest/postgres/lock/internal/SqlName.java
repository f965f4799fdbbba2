// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A name as it is written in SQL, with or without its schema: unquoted parts are folded to lower case, as the server does.
 *
 * @param text as the user wrote it, for messages
 * @param quoted as SQL takes it, whatever it holds
 */
public record SqlName(String text, String quoted) {

    private static final String PART = "(?:\"(?:[^\"\\x00]|\"\")+\"|[\\p{L}_][\\p{L}\\p{N}_$]*)";
    private static final Pattern NAME = Pattern.compile("(?:(" + PART + ")\\.)?(" + PART + ")");
    private static final Set<String> CATALOGS = Set.of("pg_catalog", "information_schema", "pg_toast");

    /**
     * Reads the name of a table.
     *
     * @throws ChaosException if it is none, or one of the server's own tables: a lock there would stop everybody
     */
    public static SqlName ofTable(String text) {
        Matcher matcher = matched("table", text);
        String schema = unquoted(matcher.group(1));
        String table = unquoted(matcher.group(2));
        if (CATALOGS.contains(schema) || (schema.isEmpty() && table.startsWith("pg_"))) {
            throw new ChaosException("A lock must be on a table of the test, but was to be on " + text
                    + ", which every session of the database needs. Name another table.");
        }
        String quoted = SchemaName.quote(table);
        return new SqlName(text, schema.isEmpty() ? quoted : SchemaName.quote(schema) + "." + quoted);
    }

    /**
     * Reads the name of a column or a schema.
     *
     * @param what "column", for messages
     * @throws ChaosException if it is none
     */
    public static SqlName of(String what, String text) {
        Matcher matcher = matched(what, text);
        if (matcher.group(1) != null) {
            throw refused(what, text);
        }
        return new SqlName(text, SchemaName.quote(unquoted(matcher.group(2))));
    }

    private static Matcher matched(String what, String text) {
        Matcher matcher = NAME.matcher(text);
        if (!matcher.matches()) {
            throw refused(what, text);
        }
        return matcher;
    }

    private static ChaosException refused(String what, String text) {
        return new ChaosException("A " + what + " must be a name as in SQL, but was '" + text.replace("\0", "\\0")
                + "'. Put double quotes around one with other characters.");
    }

    private static String unquoted(@Nullable String part) {
        if (part == null) {
            return "";
        }
        return part.startsWith("\"")
                ? part.substring(1, part.length() - 1).replace("\"\"", "\"")
                : part.toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return text;
    }
}

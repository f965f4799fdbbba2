// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Point;
import dev.chaostest.plan.Site;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a session stands, as told by the statements that it has passed. For one thread at a time. */
final class SessionCourse {

    private static final Pattern ABOUT_LEVEL = Pattern.compile(
            "SET (SESSION CHARACTERISTICS AS )?TRANSACTION\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern LEVEL = Pattern.compile(
            "ISOLATION\\s+LEVEL\\s+(SERIALIZABLE|REPEATABLE\\s+READ|READ\\s+(UN)?COMMITTED)", Pattern.CASE_INSENSITIVE);

    private boolean sessionSerializes;
    private boolean serializes;
    private boolean inTransaction;

    /** @param serializesByDefault whether transactions are REPEATABLE READ or SERIALIZABLE where they don't say */
    SessionCourse(boolean serializesByDefault) {
        sessionSerializes = serializesByDefault;
        serializes = serializesByDefault;
    }

    /** The session comes to its next statement. */
    void passes(Point arrival) {
        if (arrival.site().seam().equals("sql")) {
            for (String part : arrival.site().name().split(";", -1)) {
                passes(part.strip(), arrival.text());
            }
        }
    }

    static boolean isAboutLevel(Site site) {
        return site.seam().equals("sql") && ABOUT_LEVEL.matcher(site.name()).matches();
    }

    private void passes(String name, String text) {
        if (name.equals("BEGIN")) {
            serializes = inTransaction ? serializes : levelIn(text, sessionSerializes);
            inTransaction = true;
        } else if (name.equals("COMMIT") || name.equals("ROLLBACK") || name.startsWith("PREPARE TRANSACTION")) {
            inTransaction = false;
            serializes = sessionSerializes;
        } else if (name.toUpperCase(Locale.ROOT).startsWith("SET SESSION CHARACTERISTICS")) {
            sessionSerializes = levelIn(text, sessionSerializes);
            serializes = inTransaction ? serializes : sessionSerializes;
        } else if (name.toUpperCase(Locale.ROOT).startsWith("SET TRANSACTION")) {
            serializes = levelIn(text, serializes);
        }
    }

    private static boolean levelIn(String text, boolean otherwise) {
        Matcher level = LEVEL.matcher(text);
        return level.find()
                ? level.group(1).toUpperCase(Locale.ROOT).matches("SERIALIZABLE|REPEATABLE\\s+READ")
                : otherwise;
    }

    /** Whether a transaction block is open. */
    boolean isInTransaction() {
        return inTransaction;
    }

    /** Whether the transaction that is open, or that a statement makes by itself, can fail with 40001. */
    boolean isSerializing() {
        return serializes;
    }
}

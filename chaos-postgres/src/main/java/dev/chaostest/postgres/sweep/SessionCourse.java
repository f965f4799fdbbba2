// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Point;
import dev.chaostest.plan.Site;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a session stands at one of its statements, as told by those before it. */
final class SessionCourse {

    private static final Pattern ABOUT_LEVEL = Pattern.compile(
            "SET (SESSION CHARACTERISTICS AS )?TRANSACTION\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern LEVEL = Pattern.compile(
            "ISOLATION\\s+LEVEL\\s+(SERIALIZABLE|REPEATABLE\\s+READ|READ\\s+(UN)?COMMITTED)", Pattern.CASE_INSENSITIVE);

    private boolean sessionSerializes;
    private boolean serializes;
    private boolean inTransaction;

    private SessionCourse(boolean serializesByDefault) {
        sessionSerializes = serializesByDefault;
        serializes = serializesByDefault;
    }

    /** After these statements of a session. */
    static SessionCourse after(List<Point> statements, boolean serializesByDefault) {
        SessionCourse course = new SessionCourse(serializesByDefault);
        for (Point each : statements) {
            if (each.site().seam().equals("sql")) {
                for (String part : each.site().name().split(";", -1)) {
                    course.passes(part.strip(), each.text());
                }
            }
        }
        return course;
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

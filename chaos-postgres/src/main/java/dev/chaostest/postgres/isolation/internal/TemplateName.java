// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a template is called: {@code chaos_template_<hash>_<seconds since 1970, base 36>} once it is complete, and
 * {@code chaos_building_...} before. The name is changed last, so a half-built one never looks complete.
 *
 * @param hash of all that decides what is in it
 */
record TemplateName(String hash) {

    private static final String COMPLETE = "chaos_template_";
    private static final String BUILDING = "chaos_building_";
    private static final Pattern FORM =
            Pattern.compile("(chaos_template_|chaos_building_)[0-9a-f]{32}_([0-9a-z]{6,7})");

    /** Counts the ways in which this library has built templates: one of an older way is not taken. */
    private static final String WAY = "1";

    private static final int BYTES = 16;

    /** The role, since others may not copy or drop it; the database, since the lock that guards the build holds there only. */
    private static final String AROUND =
            "SELECT current_setting('server_version_num'), CURRENT_USER::text, pg_catalog.current_database()";

    /** The name for scripts, on the server and for the role and the database of a connection. */
    static TemplateName of(Connection connection, List<Script> scripts) throws SQLException {
        MessageDigest digest = sha256();
        add(digest, WAY);
        try (Statement statement = connection.createStatement();
                ResultSet around = statement.executeQuery(AROUND)) {
            around.next();
            for (int column = 1; column <= 3; column++) {
                add(digest, around.getString(column));
            }
        }
        for (Script script : scripts) {
            add(digest, script.text());
        }
        return new TemplateName(HexFormat.of().formatHex(digest.digest(), 0, BYTES));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** With its length: two scripts must not look like one. */
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
        digest.update(bytes);
    }

    DatabaseName building(Instant now) {
        return new DatabaseName(BUILDING + hash + "_" + SchemaName.stamp(now));
    }

    /** The final name of one that was built under another. */
    static DatabaseName complete(DatabaseName built) {
        return new DatabaseName(COMPLETE + built.text().substring(BUILDING.length()));
    }

    /** How the names of those that can be copied begin. */
    String completeStart() {
        return COMPLETE + hash + "_";
    }

    /** How the names of those that nobody has completed yet begin. */
    String buildingStart() {
        return BUILDING + hash + "_";
    }

    /** The two halves of the advisory lock's key. */
    int lockKey() {
        return Integer.parseUnsignedInt(hash.substring(0, 8), 16);
    }

    static boolean isComplete(String name) {
        return name.startsWith(COMPLETE);
    }

    /** When it was begun, if it is a template's name. */
    static Optional<Instant> madeAt(String name) {
        Matcher form = FORM.matcher(name);
        return form.matches() ? Optional.of(SchemaName.instant(form.group(2))) : Optional.empty();
    }
}

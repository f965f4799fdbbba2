// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.SQLException;

/**
 * Changes a setting of the whole server while it runs, in new and in open sessions.
 *
 * @param name known to need no restart
 * @param value as the server prints it
 */
public record Setting(Admin admin, String name, String value) implements Act {
    private static final String NOW = "SELECT setting FROM pg_settings WHERE name = ?";
    private static final String SOURCE = "SELECT source FROM pg_settings WHERE name = ?";

    /** What ALTER SYSTEM had set, which is to come back. */
    private static final String FILE = "SELECT setting FROM pg_file_settings WHERE name = ?"
            + " AND sourcefile LIKE '%/postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1";

    @Override
    public Undo strike() throws SQLException {
        String before = admin.values(NOW, name).get(0);
        if (admin.values(SOURCE, name).contains("command line")) {
            throw new ChaosException("The setting " + name
                    + " must be open to change, but the server was started with it. Start it without.");
        }
        String back = admin.values(FILE, name).stream()
                .findFirst()
                .map(old -> "SET " + name + " = " + literal(old))
                .orElse("RESET " + name);
        try {
            change("SET " + name + " = " + literal(value), value);
        } catch (SQLException | RuntimeException e) {
            change(back, before);
            throw e;
        }
        return () -> {
            if (admin.server().isClosed()) {
                return "the server is closed";
            }
            change(back, before);
            return name + " is " + before + " again, as before";
        };
    }

    private static String literal(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    private void change(String how, String expected) throws SQLException {
        admin.run("ALTER SYSTEM " + how);
        admin.values("SELECT pg_reload_conf()");
        Until.yes(
                "New sessions must have " + name + " " + expected + " after ALTER SYSTEM " + how,
                "See the server's log.",
                () -> admin.values(NOW, name).contains(expected));
    }
}

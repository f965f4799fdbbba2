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

    @Override
    public Undo strike() throws SQLException {
        String before = admin.values(NOW, name).get(0);
        if (admin.values(SOURCE, name).contains("command line")) {
            throw new ChaosException("The setting " + name
                    + " must be open to change, but the server was started with it. Start it without.");
        }
        change("SET " + name + " = '" + value + "'", value);
        return () -> {
            change("RESET " + name, null);
            return name + " is " + admin.values(NOW, name).get(0) + " again, as before: " + before;
        };
    }

    private void change(String how, @org.jspecify.annotations.Nullable String expected) throws SQLException {
        admin.run("ALTER SYSTEM " + how);
        admin.values("SELECT pg_reload_conf()");
        Until.yes(
                "New sessions must have the setting after ALTER SYSTEM " + how,
                "See the server's log.",
                () -> expected == null
                        ? !admin.values(NOW, name).contains(value)
                        : admin.values(NOW, name).contains(expected));
    }
}

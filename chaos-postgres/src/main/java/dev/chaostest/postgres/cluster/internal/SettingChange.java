// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A setting of a running server of ours that was changed, and can be changed back.
 *
 * @param before what {@code ALTER SYSTEM} had set; null for nothing
 */
public record SettingChange(
        PostgresServer server, String name, @Nullable String before) {

    /** Changes it, and waits until new sessions and the server's own processes are told. */
    public static SettingChange apply(PostgresServer server, String name, String value) {
        try (Admin admin = Admin.of(server)) {
            String before = admin.one("""
                    SELECT setting FROM pg_file_settings
                    WHERE name = ? AND sourcefile LIKE '%/postgresql.auto.conf' ORDER BY seqno DESC LIMIT 1\
                    """, name);
            alter(admin, name, value);
            reload(server);
            return new SettingChange(server, name, before);
        }
    }

    /** Changes it back; where the server doesn't run, in its files; where it was closed, there is nothing to change. */
    public void undo() {
        if (server.isClosed()) {
            return;
        }
        if (!server.isRunning()) {
            forget();
            return;
        }
        try (Admin admin = Admin.of(server)) {
            alter(admin, name, before);
        }
        reload(server);
    }

    private static void alter(Admin admin, String name, @Nullable String value) {
        admin.run(
                value == null
                        ? "ALTER SYSTEM RESET " + name
                        : "ALTER SYSTEM SET " + name + " = " + Admin.literal(value));
    }

    private void forget() {
        try {
            new DataDirectory(server.dataDirectory()).forget(name);
        } catch (IOException e) {
            throw new ChaosException(
                    "Setting " + name + " of the stopped server on port " + server.port()
                            + " must be taken back, but that failed: " + e + ". Start another server.",
                    e);
        }
    }

    /** Has the server read its files again; when this returns, it has, and has told all its processes. */
    public static void reload(PostgresServer server) {
        String before;
        try (Admin admin = Admin.of(server)) {
            before = admin.text("SELECT clock_timestamp()");
            admin.one("SELECT pg_reload_conf()");
        }
        Poll.until(
                "The server on port " + server.port() + " must read its settings again",
                () -> hasReloaded(server, before),
                () -> "did not",
                "Thaw its postmaster.");
    }

    /** A session that is new shows when the postmaster read them. */
    private static boolean hasReloaded(PostgresServer server, String since) {
        try (Admin admin = Admin.of(server)) {
            return admin.is("SELECT pg_conf_load_time() >= ?::timestamptz", since);
        }
    }
}

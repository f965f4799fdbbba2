// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The temporary relations of a pool's sessions, each asked about its own: up to PostgreSQL 15 the server does not tell others
 * whose they are. Not for use by many threads.
 */
final class OwnTemporary {

    /** From here on, whoever asks is told. */
    private static final int TOLD_SINCE = 16;

    private static final String OWN = """
            SELECT CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relname,
                   pg_catalog.pg_backend_pid()
            FROM pg_catalog.pg_class c
            WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind IN ('r', 'p', 'v', 'S', 'f')
            ORDER BY 1, 2
            """;

    /** What the pool itself gives each of its sessions. */
    private final Set<String> usual = new HashSet<>();

    private final List<String> left = new ArrayList<>();
    private boolean used;

    /** From now on, what is found was left by a round. */
    void use() {
        used = true;
    }

    /** Looks into a session, and drops what a round has left there. */
    void look(Connection session) throws SQLException {
        if (session.getMetaData().getDatabaseMajorVersion() >= TOLD_SINCE) {
            return;
        }
        try (Statement statement = session.createStatement()) {
            for (Map.Entry<String, String> each : found(statement).entrySet()) {
                if (!used) {
                    usual.add(each.getKey());
                } else if (!usual.contains(each.getKey())) {
                    left.add(each.getValue());
                    statement.execute("DROP " + each.getKey() + " CASCADE");
                }
            }
        }
        if (!session.getAutoCommit()) {
            session.commit();
        }
    }

    /** By what drops it. */
    private static Map<String, String> found(Statement statement) throws SQLException {
        Map<String, String> found = new LinkedHashMap<>();
        try (ResultSet rows = statement.executeQuery(OWN)) {
            while (rows.next()) {
                String kind = rows.getString(1);
                String name = rows.getString(2);
                found.put(
                        kind + " IF EXISTS pg_temp." + SchemaName.quote(name),
                        "the temporary " + kind.toLowerCase(Locale.ROOT) + " " + name + " (pid " + rows.getInt(3)
                                + ")");
            }
        }
        return found;
    }

    /** What was found since this was asked the last time. */
    List<String> takeLeft() {
        List<String> taken = List.copyOf(left);
        left.clear();
        return taken;
    }
}

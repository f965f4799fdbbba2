// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the temporary relations of some sessions. Up to PostgreSQL 15 the server does not say whose they are. */
final class TemporaryQuery {

    private static final int SINCE = 16;
    private static final int MAX = 100;

    private static final String SQL = """
            SELECT a.pid,
                   CASE c.relkind WHEN 'v' THEN 'view ' WHEN 'S' THEN 'sequence ' ELSE 'table ' END || c.relname
            FROM pg_catalog.pg_stat_get_backend_idset() AS b(id)
            JOIN pg_catalog.pg_stat_activity a
              ON a.pid = pg_catalog.pg_stat_get_backend_pid(b.id) AND a.datname = pg_catalog.current_database()
            JOIN pg_catalog.pg_namespace n ON n.nspname = 'pg_temp_' || b.id
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'S', 'f')
            WHERE a.pid = ANY (?)
            ORDER BY 1, 2
            LIMIT
            """ + MAX;

    private TemporaryQuery() {}

    /** The relations by process id, such as {@code table basket}. */
    static Map<Integer, List<String>> run(Connection connection, Set<Integer> pids) throws SQLException {
        Map<Integer, List<String>> found = new HashMap<>();
        if (pids.isEmpty() || connection.getMetaData().getDatabaseMajorVersion() < SINCE) {
            return found;
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(1, connection.createArrayOf("int4", pids.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.computeIfAbsent(rows.getInt(1), any -> new ArrayList<>())
                            .add(rows.getString(2));
                }
            }
        }
        return found;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Says which sessions, and which prepared transactions, hold locks on a schema or on a relation in it. */
final class Holders {

    private static final int QUERY_CHARACTERS_MAX = 200;

    private static final String SQL = """
            SELECT DISTINCT a.pid, a.application_name, coalesce(a.state, 'unknown'), coalesce(a.query, ''), p.gid
            FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
            LEFT JOIN pg_catalog.pg_locks own
              ON l.pid IS NULL AND own.pid IS NULL
             AND own.virtualtransaction = l.virtualtransaction AND own.locktype = 'transactionid'
            LEFT JOIN pg_catalog.pg_prepared_xacts p ON p.transaction = own.transactionid
            JOIN pg_catalog.pg_namespace n ON n.nspname = ?
            LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relnamespace = n.oid
            WHERE l.granted
              AND l.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
              AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
              AND (c.oid IS NOT NULL
                   OR (l.locktype = 'object' AND l.objid = n.oid
                       AND l.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass))
            ORDER BY a.pid, p.gid
            """;

    private Holders() {}

    /** One line for each session. */
    static List<String> of(Connection connection, SchemaName name) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, name.text());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.add(line(rows));
                }
            }
        }
        return lines;
    }

    private static String line(ResultSet row) throws SQLException {
        String gid = row.getString(5);
        if (gid != null) {
            return "prepared transaction \"" + gid + "\"";
        }
        return "pid " + row.getInt(1) + ", application_name \"" + row.getString(2) + "\", " + row.getString(3) + ": "
                + shortened(row.getString(4));
    }

    private static String shortened(String query) {
        String line = query.strip().replaceAll("\\s+", " ");
        return line.length() <= QUERY_CHARACTERS_MAX ? line : line.substring(0, QUERY_CHARACTERS_MAX) + "...";
    }
}

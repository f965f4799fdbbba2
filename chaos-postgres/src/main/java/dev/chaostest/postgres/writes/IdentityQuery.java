// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks the catalogue what identifies the rows of tables. */
final class IdentityQuery {

    private static final String SQL = """
            SELECT n.nspname, c.relname, c.relreplident = 'f',
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
                         ORDER BY a.attnum),
                   ARRAY(SELECT a.attname::text
                         FROM pg_catalog.pg_index i
                         CROSS JOIN LATERAL pg_catalog.unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
                         JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
                         WHERE i.indrelid = c.oid AND k.place <= i.indnkeyatts
                           AND CASE c.relreplident WHEN 'i' THEN i.indisreplident WHEN 'n' THEN false ELSE i.indisprimary END
                         ORDER BY k.place)
            FROM unnest(?::text[], ?::text[]) AS wanted (nspname, relname)
            JOIN pg_catalog.pg_namespace n ON n.nspname = wanted.nspname
            JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = wanted.relname
            """;

    private IdentityQuery() {}

    static LoggedChange.Identities run(Connection connection, Collection<TableName> tables) throws SQLException {
        Map<TableName, LoggedChange.Identity> found = new HashMap<>();
        if (tables.isEmpty()) {
            return new LoggedChange.Identities(found);
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(
                    1,
                    connection.createArrayOf(
                            "text", tables.stream().map(TableName::schema).toArray()));
            statement.setArray(
                    2,
                    connection.createArrayOf(
                            "text", tables.stream().map(TableName::name).toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(
                            new TableName(rows.getString(1), rows.getString(2)),
                            new LoggedChange.Identity(
                                    rows.getBoolean(3), texts(rows.getArray(4)), texts(rows.getArray(5))));
                }
            }
        }
        return new LoggedChange.Identities(found);
    }

    private static List<String> texts(Array array) throws SQLException {
        return List.of((String[]) array.getArray());
    }
}

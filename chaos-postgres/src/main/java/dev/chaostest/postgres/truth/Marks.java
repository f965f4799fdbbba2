// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Where transactions leave their marks.
 *
 * @param table with its schema, quoted
 * @param function leaves one, and answers with its id; with its schema, quoted
 */
record Marks(String table, String function) {

    /** Where an unqualified name is found, or else made, by this session: those that are followed have another search_path. */
    private static final String SCHEMA = """
            SELECT coalesce((SELECT n.nspname FROM pg_catalog.pg_class c
                             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                             WHERE c.oid = pg_catalog.to_regclass(?)), pg_catalog.current_schema(), 'public')
            """;

    /**
     * Makes what is not there yet.
     *
     * @param name of the table, or schema and name with a dot between
     */
    static Marks make(Connection connection, String name) throws SQLException {
        connection.setAutoCommit(true);
        int dot = name.indexOf('.');
        String table = name.substring(dot + 1);
        String schema = SchemaName.quote(dot < 0 ? schema(connection, table) : name.substring(0, dot)) + ".";
        Marks marks = new Marks(schema + SchemaName.quote(table), schema + SchemaName.quote(table + "_mark"));
        try (Statement statement = connection.createStatement()) {
            statement.execute(marks.definition());
        }
        return marks;
    }

    private static String schema(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SCHEMA)) {
            statement.setString(1, SchemaName.quote(table));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString(1);
            }
        }
    }

    /** One string is one transaction: two who make the same wait for each other instead of failing. */
    private String definition() {
        return "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('chaos_marks'));"
                + " CREATE TABLE IF NOT EXISTS " + table + " (id uuid NOT NULL);"
                + " GRANT SELECT, INSERT ON " + table + " TO PUBLIC;"
                + " CREATE OR REPLACE FUNCTION " + function + "() RETURNS uuid LANGUAGE sql AS $chaos$"
                + " INSERT INTO " + table + " (id) VALUES (pg_catalog.gen_random_uuid()) RETURNING id $chaos$";
    }
}

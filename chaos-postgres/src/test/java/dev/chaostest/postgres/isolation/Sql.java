// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Statements in one line each; their errors fail the test. */
public record Sql(DataSource source) {

    /** Runs statements, each by itself, on one connection. */
    public void run(String... statements) {
        try (Connection connection = source.getConnection()) {
            run(connection, statements);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs statements on a connection that stays open. */
    public static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /** The first column, as text. */
    public List<String> column(String query, String... values) {
        try (Connection connection = source.getConnection()) {
            return column(connection, query, values);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** The first column, as text, on a connection that stays open. */
    public static List<String> column(Connection connection, String query, String... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            for (int i = 0; i < values.length; i++) {
                statement.setString(i + 1, values[i]);
            }
            List<String> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(String.valueOf(rows.getString(1)));
                }
            }
            return found;
        }
    }

    /** Whether a schema of exactly that name exists. */
    public boolean schemaExists(String name) {
        return !column("SELECT nspname FROM pg_namespace WHERE nspname = ?", name)
                .isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** Several statements, all or none. */
final class Batch {

    /** Whoever keeps a table busy for longer must end first. */
    private static final String PATIENCE = "SET LOCAL lock_timeout = '10s'";

    private Batch() {}

    /** Answers in which schema they create, as SQL takes it. */
    static String inOneTransaction(DataSource source, List<String> statements) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            String schema;
            try {
                schema = schema(statement);
                statement.execute(PATIENCE);
                for (String each : statements) {
                    statement.execute(each);
                }
                connection.commit();
            } catch (SQLException e) {
                undo(connection, e);
                throw e;
            }
            connection.setAutoCommit(true);
            return schema;
        }
    }

    private static String schema(Statement statement) throws SQLException {
        try (ResultSet row =
                statement.executeQuery("SELECT coalesce(pg_catalog.quote_ident(pg_catalog.current_schema()), '')")) {
            row.next();
            return row.getString(1);
        }
    }

    private static void undo(Connection connection, SQLException why) {
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException lost) {
            why.addSuppressed(lost);
        }
    }
}

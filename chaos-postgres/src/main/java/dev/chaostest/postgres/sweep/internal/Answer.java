// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** What a query gives, as text: rows in the order in which they come. */
public final class Answer {

    private static final int ROWS_MAX = 1_000;

    private Answer() {}

    /** {@code 2000}; several cells in parentheses, several rows with semicolons; {@code no row}. */
    public static String of(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false); // braces and question marks are the server's
            statement.setMaxRows(ROWS_MAX);
            try (ResultSet rows = statement.executeQuery(sql)) {
                int columns = rows.getMetaData().getColumnCount();
                List<String> lines = new ArrayList<>();
                while (rows.next()) {
                    lines.add(row(rows, columns));
                }
                return lines.isEmpty() ? "no row" : String.join("; ", lines);
            }
        }
    }

    private static String row(ResultSet rows, int columns) throws SQLException {
        List<String> cells = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            String cell = rows.getString(i);
            cells.add(cell == null ? "NULL" : cell);
        }
        return columns == 1 ? cells.get(0) : "(" + String.join(", ", cells) + ")";
    }
}

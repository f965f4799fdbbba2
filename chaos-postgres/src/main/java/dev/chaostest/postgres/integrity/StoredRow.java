// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.integrity;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.isolation.internal.SchemaName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Objects;

/**
 * Names one row by the value of one column.
 *
 * <pre>{@code
 * integrity.assertSameTransaction(StoredRow.of("account", "id", 1), StoredRow.of("entry", "id", 7));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param table without its schema, as the catalogue has it
 * @param column one that no other row has the same value in
 * @param value text is taken as a literal of the column's type
 * @since 0.1
 */
public record StoredRow(String table, String column, Object value) {

    public StoredRow {
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(column, "column");
        Objects.requireNonNull(value, "value");
    }

    /** Names a row. */
    public static StoredRow of(String table, String column, Object value) {
        return new StoredRow(table, column, value);
    }

    String xmin(Connection connection, String schema) throws SQLException {
        String sql = "SELECT xmin::text FROM " + schema + "." + SchemaName.quote(table) + " WHERE "
                + SchemaName.quote(column) + " = ?";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            if (value instanceof String) {
                statement.setObject(1, value, Types.OTHER); // of no type yet
            } else {
                statement.setObject(1, value);
            }
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    throw new ChaosException(this + " must be there, but is not. Check its value.");
                }
                String xmin = rows.getString(1);
                if (rows.next()) {
                    throw new ChaosException(this + " must be one row, but there are several. Name it by its key.");
                }
                return xmin;
            }
        }
    }

    @Override
    public String toString() {
        return "the row of " + table + " with " + column + " = " + value;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.lock.internal.SqlName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Rows that have given values, in one of the four modes. */
final class RowsLock extends LockRequest {

    private final SqlName table;
    private final List<Column> columns;
    private final String sql;

    /** A column and the value that it must have. */
    record Column(SqlName name, Object value) {
        @Override
        public String toString() {
            return name + " = " + value;
        }
    }

    RowsLock(SqlName table, List<Column> columns, RowLockMode mode) {
        super("row " + printed(columns) + " of " + table + " " + mode, Reach.SCHEMA);
        this.table = table;
        this.columns = List.copyOf(columns);
        this.sql = "SELECT 1 FROM " + table.quoted() + " WHERE "
                + columns.stream()
                        .map(column -> column.name().quoted() + " = ?")
                        .collect(Collectors.joining(" AND "))
                + " " + mode.sql();
    }

    static List<Column> columns(Map<String, ?> key) {
        if (key.isEmpty()) {
            throw new ChaosException(
                    "A row must be named by at least one column, but is named by none. To lock all rows, "
                            + "use LockRequest.statement(\"SELECT ... FOR UPDATE\").");
        }
        List<Column> columns = new ArrayList<>();
        new TreeMap<>(key).forEach((name, value) -> columns.add(new Column(SqlName.of("column", name), value)));
        return columns;
    }

    private static String printed(List<Column> columns) {
        return columns.stream().map(Column::toString).collect(Collectors.joining(", "));
    }

    @Override
    void take(Connection connection) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setFetchSize(ALL);
            for (int i = 0; i < columns.size(); i++) {
                select.setObject(i + 1, columns.get(i).value());
            }
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    throw new ChaosException("A row to lock must exist, but " + table + " has none with "
                            + printed(columns) + ". Insert and commit it first.");
                }
            }
        }
    }
}

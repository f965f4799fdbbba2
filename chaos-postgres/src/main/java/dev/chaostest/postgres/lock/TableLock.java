// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.lock.internal.SqlName;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** A whole table, in one of the eight modes. */
final class TableLock extends LockRequest {

    private final String sql;

    TableLock(SqlName table, TableLockMode mode) {
        super("table " + table + " in mode " + mode, Reach.SCHEMA);
        this.sql = "LOCK TABLE " + table.quoted() + " IN " + mode.sql() + " MODE";
    }

    @Override
    void take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}

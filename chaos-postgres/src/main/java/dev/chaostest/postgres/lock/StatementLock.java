// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Reach;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Whatever a statement locks. */
final class StatementLock extends LockRequest {

    private final String sql;

    StatementLock(String sql) {
        super("what \"" + sql + "\" locks", Reach.SCHEMA);
        this.sql = sql;
    }

    @Override
    void take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ALL);
            statement.execute(sql);
        }
    }
}

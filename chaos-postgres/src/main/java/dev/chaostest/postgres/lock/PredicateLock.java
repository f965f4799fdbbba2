// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.Reach;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** What a SERIALIZABLE transaction has read. */
final class PredicateLock extends LockRequest {

    private static final String SHOWN = "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks"
            + " WHERE mode = 'SIReadLock' AND pid = pg_catalog.pg_backend_pid())";

    private final String query;

    PredicateLock(String query) {
        super("predicate lock of " + query, Reach.SCHEMA);
        this.query = query;
    }

    @Override
    boolean isWaitedFor() {
        return false;
    }

    @Override
    String transactionMode() {
        return "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE READ WRITE";
    }

    @Override
    void take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                rows.getObject(1);
            }
        }
    }

    @Override
    List<String> missing(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SHOWN)) {
            row.next();
            return row.getBoolean(1) ? List.of() : List.of("no predicate lock (SIReadLock)");
        }
    }
}

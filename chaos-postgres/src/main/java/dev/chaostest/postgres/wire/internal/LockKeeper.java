// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A session that holds an advisory lock which nobody else can want: its number contains the session's own. */
public final class LockKeeper implements AutoCloseable {

    /** "chaos" in the upper bytes, the backend's process in the lower ones. */
    private static final String TAKE = "SELECT key, pg_catalog.pg_try_advisory_lock(key)"
            + " FROM (SELECT (x'6368616f'::bigint << 32) | pg_catalog.pg_backend_pid() AS key) AS own";

    private final Connection connection;
    private final LockedKey key;

    private LockKeeper(Connection connection, LockedKey key) {
        this.connection = connection;
        this.key = key;
    }

    public static LockKeeper open(DataSource admin) {
        try {
            Connection connection = admin.getConnection();
            return new LockKeeper(connection, take(connection));
        } catch (SQLException e) {
            throw new ChaosException(
                    "A lock time-out must have a lock to wait for, but the session that takes it failed with state "
                            + e.getSQLState() + ". Check that one more connection is possible; see the cause.",
                    e);
        }
    }

    private static LockedKey take(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(TAKE)) {
            row.next();
            return new LockedKey(row.getLong(1));
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    public LockedKey key() {
        return key;
    }

    /** The session may be a pool's, and live on: it must not take the lock with it. */
    @Override
    public void close() throws SQLException {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_catalog.pg_advisory_unlock(" + key.key() + ")");
        }
    }
}

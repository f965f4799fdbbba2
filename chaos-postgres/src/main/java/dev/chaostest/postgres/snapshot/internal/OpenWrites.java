// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.snapshot.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;

/** The transactions that have written into a schema, or are about to, and are still open: prepared ones, too. */
public final class OpenWrites {

    private static final long PAUSE_NANOS = 1_000_000;

    /**
     * Whoever writes keeps such a lock until the transaction ends. Whoever creates a table keeps one on the schema; on the
     * table, too, but nobody else can tell yet where that is.
     */
    private static final String SQL = """
        SELECT l.virtualtransaction,
               coalesce('pid ' || l.pid || ' (' || coalesce(nullif(a.application_name, ''), 'no application name') || ', '
                   || coalesce(a.state, 'state not shown') || ')', 'a prepared transaction')
        FROM pg_catalog.pg_locks l
        LEFT JOIN pg_catalog.pg_class c ON l.locktype = 'relation' AND c.oid = l.relation
        LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
        CROSS JOIN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = ?) n
        WHERE l.granted
          AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
          AND (c.relnamespace = n.oid AND l.mode IN ('RowExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock',
                   'ExclusiveLock', 'AccessExclusiveLock')
               OR l.locktype = 'object' AND l.classid = 'pg_catalog.pg_namespace'::regclass AND l.objid = n.oid)
          AND coalesce(a.backend_type, '') <> 'autovacuum worker'
        """;

    private OpenWrites() {}

    /** By an id that no other transaction gets; how it can be told from others. */
    public static Map<String, String> in(DataSource source, String schema) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return in(connection, schema);
        }
    }

    private static Map<String, String> in(Connection connection, String schema) throws SQLException {
        Map<String, String> open = new TreeMap<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, schema);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    open.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return open;
    }

    /**
     * Waits until they have ended: a backend whose client is gone may need a moment to see it, and may commit until then.
     *
     * @param except those that need not end
     * @param nanos how long at most
     * @return those that are open still
     */
    public static Map<String, String> awaitEnd(DataSource source, String schema, Map<String, String> except, long nanos)
            throws SQLException {
        long end = System.nanoTime() + nanos;
        try (Connection connection = source.getConnection()) {
            while (true) {
                Map<String, String> open = in(connection, schema);
                open.keySet().removeAll(except.keySet());
                if (open.isEmpty()
                        || System.nanoTime() - end >= 0
                        || Thread.currentThread().isInterrupted()) {
                    return open;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Who is in a database, or left something there that keeps it from being dropped. */
final class Occupants {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final String COUNT = "SELECT count(*) FROM pg_catalog.pg_stat_activity WHERE datname = ?";

    private static final String SESSIONS = """
            SELECT 'pid ' || pid || ', role ' || quote_ident(coalesce(usename, '')) || ', application_name "'
                   || application_name || '"'
            FROM pg_catalog.pg_stat_activity WHERE datname = ? ORDER BY pid
            """;

    private static final String LEFT = """
            WITH given AS (SELECT ? AS name)
            SELECT 'prepared transaction "' || gid || '"' FROM pg_catalog.pg_prepared_xacts, given WHERE database = name
            UNION ALL
            SELECT 'replication slot "' || slot_name || '"' FROM pg_catalog.pg_replication_slots, given
            WHERE database = name
            ORDER BY 1
            """;

    private Occupants() {}

    /**
     * Waits until nobody is in it. A session ends a moment after its client has closed it; the server, asked to drop or to
     * copy the database in that moment, would look again only after 100 ms.
     *
     * @return whether nobody is
     */
    static boolean awaitNobody(Connection connection, DatabaseName name, Duration deadline) throws SQLException {
        long end = System.nanoTime() + deadline.toNanos();
        try (PreparedStatement statement = connection.prepareStatement(COUNT)) {
            statement.setString(1, name.text());
            while (isSomebody(statement)) {
                if (System.nanoTime() - end >= 0) {
                    return false;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
            return true;
        }
    }

    private static boolean isSomebody(PreparedStatement count) throws SQLException {
        try (ResultSet rows = count.executeQuery()) {
            rows.next();
            return rows.getInt(1) > 0;
        }
    }

    /** Its sessions, one line each. */
    static List<String> sessions(Connection connection, DatabaseName name) throws SQLException {
        return lines(connection, SESSIONS, name);
    }

    /** What no end of a session takes away, one line each: prepared transactions and replication slots. */
    static List<String> left(Connection connection, DatabaseName name) throws SQLException {
        return lines(connection, LEFT, name);
    }

    private static List<String> lines(Connection connection, String sql, DatabaseName name) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name.text());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.add(rows.getString(1));
                }
            }
        }
        return lines;
    }
}

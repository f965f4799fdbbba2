// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads the sessions of this database, and those of others that block or are blocked by one of them.
 *
 * <p>Who waits is read from {@code pg_locks}: {@code wait_event} is hidden from other roles. Only they are asked about, since
 * {@code pg_blocking_pids} holds all of the lock manager for a moment.
 */
final class ActivityQuery {

    static final int SESSIONS_MAX = 200;

    private static final String SQL = """
            WITH RECURSIVE blocked(pid, by) AS (
              SELECT w.pid, pg_catalog.pg_blocking_pids(w.pid)
              FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks WHERE NOT granted AND pid IS NOT NULL) w
              UNION ALL
              SELECT a.pid, pg_catalog.pg_safe_snapshot_blocking_pids(a.pid)
              FROM pg_catalog.pg_stat_activity a
              WHERE a.wait_event = 'SafeSnapshot'
            ),
            edge(waiting, blocking) AS MATERIALIZED (
              SELECT DISTINCT b.pid, u.pid FROM blocked b, pg_catalog.unnest(b.by) AS u(pid)
            ),
            related(pid) AS (
              SELECT a.pid FROM pg_catalog.pg_stat_activity a WHERE a.datname = pg_catalog.current_database()
              UNION
              SELECT CASE WHEN e.waiting = r.pid THEN e.blocking ELSE e.waiting END
              FROM related r JOIN edge e ON r.pid IN (e.waiting, e.blocking)
              WHERE r.pid <> 0
            )
            SELECT a.pid, a.backend_start, coalesce(a.datname, ''), coalesce(a.usename, ''),
                   coalesce(a.application_name, ''), a.backend_type, a.state, a.state_change, a.wait_event_type,
                   a.wait_event, a.xact_start, a.query_start, pg_catalog.left(coalesce(a.query, ''), ?),
                   a.backend_xid::text::bigint, a.backend_xmin::text::bigint,
                   ARRAY(SELECT e.blocking FROM edge e WHERE e.waiting = a.pid ORDER BY 1)
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid IN (SELECT pid FROM related) AND a.pid <> pg_catalog.pg_backend_pid()
            ORDER BY EXISTS (SELECT FROM edge e WHERE a.pid IN (e.waiting, e.blocking)) DESC,
                     a.state = 'idle', a.xact_start, a.pid
            LIMIT ?
            """;

    private ActivityQuery() {}

    /** At most one more than {@link #SESSIONS_MAX}, those that wait or are waited for first. */
    static List<Activity> run(Connection connection) throws SQLException {
        List<Activity> sessions = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setInt(1, Activity.QUERY_MAX);
            statement.setInt(2, SESSIONS_MAX + 1);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    sessions.add(activity(rows));
                }
            }
        }
        return sessions;
    }

    private static Activity activity(ResultSet row) throws SQLException {
        return new Activity(
                row.getInt(1),
                Columns.instant(row, 2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Optional.ofNullable(row.getString(6)),
                Optional.ofNullable(row.getString(7)),
                Columns.instant(row, 8),
                Optional.ofNullable(row.getString(9)),
                Optional.ofNullable(row.getString(10)),
                Columns.instant(row, 11),
                Columns.instant(row, 12),
                UserStatement.of(row.getString(13)),
                Columns.number(row, 14),
                Columns.number(row, 15),
                pids(row.getArray(16)));
    }

    private static List<Integer> pids(Array array) throws SQLException {
        return Arrays.asList((Integer[]) array.getArray());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import dev.chaostest.postgres.wire.WireSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the sessions that a wire seam has seen among those of the server, by process id and age. The server's clock and ours
 * need not agree: a session is at least as old for the server as it is for us, and another of the same process id is younger.
 */
final class OwnSessionsQuery {

    /** Clocks that are set while a test runs. */
    private static final Duration TOLERANCE = Duration.ofMillis(50);

    private static final String SQL = """
            SELECT a.pid, a.backend_start, coalesce(a.datname, ''), coalesce(a.usename, ''),
                   coalesce(a.application_name, ''), a.backend_type, a.state, a.state_change, a.wait_event_type,
                   a.wait_event, a.xact_start, a.query_start, pg_catalog.left(coalesce(a.query, ''), %d),
                   a.backend_xid::text::bigint, a.backend_xmin::text::bigint, pg_catalog.clock_timestamp(),
                   CASE WHEN a.backend_type IS NULL THEN
                     EXISTS (SELECT FROM pg_catalog.pg_locks l
                             WHERE l.pid = a.pid AND l.locktype = 'virtualxid' AND l.granted)
                   ELSE a.xact_start IS NOT NULL END
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid = ANY (?) AND a.pid <> pg_catalog.pg_backend_pid()
            ORDER BY a.pid
            """.formatted(Activity.QUERY_MAX);

    private OwnSessionsQuery() {}

    /** Those of them that the server still has, without their locks. */
    static List<OwnSession> run(Connection connection, List<WireSession> sessions) throws SQLException {
        Map<Integer, WireSession> latest = new HashMap<>();
        sessions.forEach(each -> latest.put(each.pid(), each)); // in the order in which they were opened
        List<OwnSession> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(
                    1, connection.createArrayOf("int4", latest.keySet().toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    WireSession wire = latest.get(rows.getInt(1));
                    if (wire != null && isThatOne(session(rows, wire))) {
                        found.add(session(rows, wire));
                    }
                }
            }
        }
        return found;
    }

    /** Where the server hides the age, only a connection that is open proves it. */
    private static boolean isThatOne(OwnSession session) {
        return session.activity()
                .backendStart()
                .map(start -> Duration.between(start, session.now()).plus(TOLERANCE))
                .map(age -> age.compareTo(session.wire().age()) >= 0)
                .orElse(session.wire().isOpen());
    }

    private static OwnSession session(ResultSet row, WireSession wire) throws SQLException {
        Activity activity = new Activity(
                row.getInt(1),
                Columns.instant(row, 2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                Columns.text(row, 6),
                Columns.text(row, 7),
                Columns.instant(row, 8),
                Columns.text(row, 9),
                Columns.text(row, 10),
                Columns.instant(row, 11),
                Columns.instant(row, 12),
                UserStatement.of(row.getString(13)),
                Columns.number(row, 14),
                Columns.number(row, 15),
                List.of());
        Instant now = Columns.instant(row, 16).orElse(Instant.EPOCH);
        return new OwnSession(wire, activity, row.getBoolean(17), List.of(), now);
    }
}

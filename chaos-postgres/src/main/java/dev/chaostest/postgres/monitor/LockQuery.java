// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the locks of some sessions, but for the one that every session has on itself. */
final class LockQuery {

    static final int LOCKS_MAX = 500;

    /** Two advisory keys of 32 bits are signed; the columns that hold them are not. */
    private static final String SQL = """
            SELECT l.pid, l.locktype, t.name,
                   CASE l.locktype
                     WHEN 'relation' THEN coalesce(t.name, 'relation ' || l.relation::text || ' of another database')
                     WHEN 'extend' THEN 'the end of ' || coalesce(t.name, l.relation::text)
                     WHEN 'page' THEN 'page ' || l.page || ' of ' || coalesce(t.name, l.relation::text)
                     WHEN 'tuple' THEN 'row (' || l.page || ',' || l.tuple || ') of '
                                       || coalesce(t.name, l.relation::text)
                     WHEN 'transactionid' THEN 'transaction ' || l.transactionid::text
                     WHEN 'virtualxid' THEN 'virtual transaction ' || l.virtualxid
                     WHEN 'advisory' THEN 'advisory ' || CASE l.objsubid
                       WHEN 1 THEN ((l.classid::bigint << 32) | l.objid::bigint)::text
                       ELSE ((l.classid::bigint << 32) >> 32) || ',' || ((l.objid::bigint << 32) >> 32) END
                     WHEN 'object' THEN l.classid::pg_catalog.regclass::text || ' ' || l.objid::text
                     ELSE l.locktype || coalesce(' ' || l.objid::text, '') END,
                   l.mode, l.granted, l.waitstart
            FROM pg_catalog.pg_locks l
            LEFT JOIN LATERAL (
              SELECT c.oid::pg_catalog.regclass::text AS name
              FROM pg_catalog.pg_class c
              WHERE c.oid = l.relation
                AND l.database IN (0, (SELECT d.oid FROM pg_catalog.pg_database d
                                       WHERE d.datname = pg_catalog.current_database()))
            ) t ON true
            WHERE l.pid = ANY (?) AND NOT (l.locktype = 'virtualxid' AND l.granted)
            ORDER BY l.granted, l.pid, l.locktype <> 'transactionid', 4, l.mode
            LIMIT ?
            """;

    private LockQuery() {}

    /** At most one more than {@link #LOCKS_MAX}, those that are waited for first. */
    static List<HeldLock> run(Connection connection, List<Activity> sessions) throws SQLException {
        Integer[] pids = sessions.stream().map(Activity::pid).toArray(Integer[]::new);
        List<HeldLock> locks = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setArray(1, connection.createArrayOf("int4", pids));
            statement.setInt(2, LOCKS_MAX + 1);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    locks.add(lock(rows));
                }
            }
        }
        return locks;
    }

    private static HeldLock lock(ResultSet row) throws SQLException {
        return new HeldLock(
                row.getInt(1),
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                row.getString(4),
                row.getString(5),
                row.getBoolean(6),
                Columns.instant(row, 7));
    }
}

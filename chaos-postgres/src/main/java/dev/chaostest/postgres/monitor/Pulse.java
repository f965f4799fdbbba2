// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * How many sessions of a database do what, at one moment, and who waits for whom: one cheap query.
 *
 * <p>Holds the sessions of one database but the one that asks, and autovacuum, which comes and goes by itself. Who waits is
 * asked of {@code pg_locks}, which every role sees; what the others do is hidden from an ordinary role and counted in {@link
 * #hidden}. Only where somebody waits is the server asked for whom, since that holds its lock manager for a moment.
 *
 * <pre>{@code
 * Pulse now = Pulse.read(connection);
 * assertThat(now.idleInTransaction()).isZero();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. At most 200 edges.
 *
 * @param active how many sessions run a statement, those that wait among them
 * @param idle how many do nothing outside of a transaction
 * @param idleInTransaction how many do nothing in a transaction
 * @param hidden of how many the server keeps it from the role that asks
 * @param waits who waits for whom
 * @since 0.1
 */
public record Pulse(int active, int idle, int idleInTransaction, int hidden, List<Blocking> waits) {

    private static final int EDGES_MAX = 200;

    private static final String PROBE = """
            SELECT count(*) FILTER (WHERE state IN ('active', 'fastpath function call')),
                   count(*) FILTER (WHERE state = 'idle'),
                   count(*) FILTER (WHERE state LIKE 'idle in transaction%'),
                   count(*) FILTER (WHERE backend_type IS NULL),
                   EXISTS (SELECT FROM pg_catalog.pg_locks WHERE NOT granted),
                   coalesce(bool_or(wait_event = 'SafeSnapshot'), false)
            FROM pg_catalog.pg_stat_activity
            WHERE datname = pg_catalog.current_database() AND pid <> pg_catalog.pg_backend_pid()
              AND backend_type IS DISTINCT FROM 'autovacuum worker'
            """;

    private static final String EDGES = """
            SELECT DISTINCT w.pid, b.pid
            FROM (SELECT a.pid,
                         CASE WHEN a.pid IN (SELECT l.pid FROM pg_catalog.pg_locks l WHERE NOT l.granted)
                              THEN pg_catalog.pg_blocking_pids(a.pid)
                              WHEN a.wait_event = 'SafeSnapshot'
                              THEN pg_catalog.pg_safe_snapshot_blocking_pids(a.pid) END AS by
                  FROM pg_catalog.pg_stat_activity a
                  WHERE a.datname = pg_catalog.current_database()) w,
                 pg_catalog.unnest(w.by) AS b(pid)
            ORDER BY 1, 2
            LIMIT
            """ + EDGES_MAX;

    public Pulse {
        waits = List.copyOf(waits);
    }

    /**
     * Takes it, by one query; by a second one if somebody waits.
     *
     * @param connection one that commits by itself; within a transaction the server shows what it showed before
     * @throws SQLException what the driver says
     */
    public static Pulse read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            Pulse alone;
            boolean waits;
            try (ResultSet row = statement.executeQuery(PROBE)) {
                row.next();
                alone = new Pulse(row.getInt(1), row.getInt(2), row.getInt(3), row.getInt(4), List.of());
                waits = row.getBoolean(5) || row.getBoolean(6);
            }
            return waits ? alone.with(edges(statement)) : alone;
        }
    }

    private static List<Blocking> edges(Statement statement) throws SQLException {
        List<Blocking> edges = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(EDGES)) {
            while (rows.next()) {
                edges.add(new Blocking(rows.getInt(1), rows.getInt(2)));
            }
        }
        return edges;
    }

    private Pulse with(List<Blocking> edges) {
        return new Pulse(active, idle, idleInTransaction, hidden, edges);
    }

    /** Whether somebody waits for somebody. */
    public boolean isWaiting() {
        return !waits.isEmpty();
    }

    @Override
    public String toString() {
        String counts = active + " active, " + idle + " idle, " + idleInTransaction + " idle in transaction"
                + (hidden == 0 ? "" : ", " + hidden + " hidden");
        return waits.isEmpty()
                ? counts
                : counts + "; waiting: "
                        + waits.stream()
                                .map(edge -> edge.waiting() + " for "
                                        + (edge.blocking() == Blocking.PREPARED
                                                ? "a prepared transaction"
                                                : Integer.toString(edge.blocking())))
                                .collect(Collectors.joining(", "));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database, on a connection of its own that it keeps.
 *
 * <p>Source: PostgreSQL documentation, "System Information Functions" ({@code pg_xact_status}), "The Cumulative Statistics
 * System" ({@code pg_stat_activity}), {@code pg_prepared_xacts}.
 */
final class Inquiry implements AutoCloseable {

    /** A number is given out again after a crash, which takes the statistics with it. */
    private static final String LIFE = """
            SELECT pg_catalog.pg_is_in_recovery(), extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text,
                   pg_catalog.pg_postmaster_start_time() > s.seen OR coalesce(b.stats_reset > s.seen, false)
            FROM pg_catalog.pg_stat_bgwriter b,
                 (SELECT pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => ?) AS seen) s
            """;

    private static final String STATUS = "SELECT pg_catalog.pg_xact_status(?::text::xid8)";

    /** Where the start is hidden, the backend counts as the one that is meant. */
    private static final String ACTIVITY = """
            SELECT a.backend_xid::text::bigint,
                   pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text::bigint
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid = ?
              AND coalesce(a.backend_start <= pg_catalog.clock_timestamp() - pg_catalog.make_interval(secs => ?), true)
            """;

    private static final String PREPARED = "SELECT 1 FROM pg_catalog.pg_prepared_xacts "
            + "WHERE gid = ? AND database = pg_catalog.current_database()";

    /** Clocks that are set while a test runs. */
    private static final double TOLERANCE_SECONDS = 0.05;

    private final DataSource admin;
    private @Nullable Connection connection;

    Inquiry(DataSource admin) {
        this.admin = admin;
    }

    /**
     * What server answers.
     *
     * @param isStandby whether it can't know how a transaction will end
     * @param start when it was started, as its sessions are told
     * @param isYounger whether it was started, or has recovered from a crash, since the session was first seen
     */
    record Life(boolean isStandby, String start, boolean isYounger) {}

    /** Which server answers now, and whether it is the one of a session of that age. */
    Life life(Duration age) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(LIFE)) {
            statement.setDouble(1, seconds(age));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Life(row.getBoolean(1), row.getString(2), row.getBoolean(3));
            }
        }
    }

    /** What {@code pg_xact_status} says; empty if it does not remember so far back. */
    Optional<String> status(String id) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(STATUS)) {
            statement.setString(1, id);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return Optional.ofNullable(row.getString(1));
            }
        }
    }

    /**
     * A backend that is still there.
     *
     * @param number of the transaction that it is in, if that has one
     */
    record Backend(Optional<String> number) {}

    /** The backend of that process id that is at least so old. */
    Optional<Backend> backend(int pid, Duration age) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(ACTIVITY)) {
            statement.setInt(1, pid);
            statement.setDouble(2, seconds(age) - TOLERANCE_SECONDS);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                long id = row.getLong(1);
                return Optional.of(
                        new Backend(row.wasNull() ? Optional.empty() : Optional.of(full(id, row.getLong(2)))));
            }
        }
    }

    /**
     * The view has the lower half of the number only. A snapshot's end is less than two billion away from it, on either side:
     * it follows the latest transaction that is over, not the latest that has begun.
     */
    private static String full(long id, long near) {
        return String.valueOf(near + (int) (id - near));
    }

    /** Whether a transaction of this name is prepared. */
    boolean isPrepared(String name) throws SQLException {
        return hasRow(PREPARED, name);
    }

    /** Whether this mark is in that table. */
    boolean hasMark(String table, String mark) throws SQLException {
        return hasRow("SELECT 1 FROM " + table + " WHERE id = ?::uuid", mark);
    }

    private boolean hasRow(String sql, String value) throws SQLException {
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            statement.setString(1, value);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private static double seconds(Duration age) {
        return (double) age.toNanos() / TimeUnit.SECONDS.toNanos(1);
    }

    private Connection connection() throws SQLException {
        Connection kept = connection;
        if (kept == null || kept.isClosed()) {
            kept = admin.getConnection();
            kept.setAutoCommit(true);
            connection = kept;
        }
        return kept;
    }

    /** The next question is asked on a new connection: the server may have come back. */
    void reconnect() {
        Connection kept = connection;
        connection = null;
        if (kept != null) {
            try {
                kept.close();
            } catch (SQLException goneAnyway) {
                connection = null;
            }
        }
    }

    @Override
    public void close() {
        reconnect();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Who receives the write-ahead log of a server, and which part of it is kept for whom.
 *
 * <p>Reads {@code pg_stat_replication} and {@code pg_replication_slots}. A role that is no member of {@code pg_read_all_stats}
 * sees that a receiver is there, and {@link Receiver#isHidden} says that the rest is kept from it.
 *
 * <pre>{@code
 * Replication replication = Replication.read(connection);
 * assertThat(replication.slots()).noneMatch(slot -> slot.retainedBytes() > 100_000_000);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. At most 100 of each. Source: PostgreSQL, "The Cumulative Statistics System" and
 * "System Views".
 *
 * @param receivers standbys, and clients of logical replication and of backups
 * @param slots also those that nobody uses
 * @since 0.1
 */
public record Replication(List<Receiver> receivers, List<Slot> slots) {

    private static final int MAX = 100;

    /** On a standby there is no position to write at, but one up to which was received. */
    private static final String HERE = "(SELECT CASE WHEN pg_catalog.pg_is_in_recovery() "
            + "THEN pg_catalog.pg_last_wal_receive_lsn() ELSE pg_catalog.pg_current_wal_lsn() END)";

    private static final String RECEIVERS = """
            SELECT pid, coalesce(application_name, ''), state, sync_state, replay_lsn::text,
                   pg_catalog.pg_wal_lsn_diff(%s, replay_lsn)::bigint,
                   (extract(epoch FROM replay_lag) * 1000000)::bigint
            FROM pg_catalog.pg_stat_replication ORDER BY pid LIMIT %d
            """.formatted(HERE, MAX);

    private static final String SLOTS = """
            SELECT slot_name, slot_type, plugin, database, active_pid::bigint, restart_lsn::text, confirmed_flush_lsn::text,
                   wal_status, coalesce(pg_catalog.pg_wal_lsn_diff(%s, restart_lsn)::bigint, 0)
            FROM pg_catalog.pg_replication_slots ORDER BY slot_name LIMIT %d
            """.formatted(HERE, MAX);

    public Replication {
        receivers = List.copyOf(receivers);
        slots = List.copyOf(slots);
    }

    /**
     * Reads it, by two queries.
     *
     * @throws SQLException what the driver says
     */
    public static Replication read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return new Replication(receivers(statement), slots(statement));
        }
    }

    private static List<Receiver> receivers(Statement statement) throws SQLException {
        List<Receiver> receivers = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(RECEIVERS)) {
            while (rows.next()) {
                receivers.add(new Receiver(
                        rows.getInt(1),
                        rows.getString(2),
                        Columns.text(rows, 3),
                        Columns.text(rows, 4),
                        Columns.text(rows, 5),
                        Columns.number(rows, 6),
                        Columns.number(rows, 7).map(micros -> Duration.ofNanos(micros * 1_000))));
            }
        }
        return receivers;
    }

    private static List<Slot> slots(Statement statement) throws SQLException {
        List<Slot> slots = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(SLOTS)) {
            while (rows.next()) {
                slots.add(new Slot(
                        rows.getString(1),
                        rows.getString(2),
                        Columns.text(rows, 3),
                        Columns.text(rows, 4),
                        Columns.number(rows, 5).map(Long::intValue),
                        Columns.text(rows, 6),
                        Columns.text(rows, 7),
                        Columns.text(rows, 8),
                        rows.getLong(9)));
            }
        }
        return slots;
    }

    /**
     * One that receives the log now.
     *
     * @param pid the process that sends to it
     * @param application what it calls itself; the name that {@code synchronous_standby_names} lists
     * @param state {@code startup}, {@code catchup}, {@code streaming} ...
     * @param syncState {@code async}, {@code potential}, {@code sync}, {@code quorum}
     * @param replayed the position up to which it has replayed
     * @param behindBytes how far that is behind this server
     * @param lag how late its latest replay was reported; empty when it is idle and has caught up
     */
    public record Receiver(
            int pid,
            String application,
            Optional<String> state,
            Optional<String> syncState,
            Optional<String> replayed,
            Optional<Long> behindBytes,
            Optional<Duration> lag) {

        /** Whether the server kept the details from the role that asked. */
        public boolean isHidden() {
            return state.isEmpty();
        }
    }

    /**
     * A place in the log that is kept for somebody.
     *
     * @param name its name
     * @param type {@code physical} or {@code logical}
     * @param plugin what decodes; of a logical one
     * @param database where; of a logical one
     * @param activePid who uses it now; empty if nobody does
     * @param restart from where on the log is kept
     * @param confirmed up to where its user has everything; of a logical one
     * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}
     * @param retainedBytes how much log is kept for it; 0 if none is
     */
    public record Slot(
            String name,
            String type,
            Optional<String> plugin,
            Optional<String> database,
            Optional<Integer> activePid,
            Optional<String> restart,
            Optional<String> confirmed,
            Optional<String> walStatus,
            long retainedBytes) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.writes;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A temporary logical replication slot: it belongs to one session, and is gone with it, however that ends. Not safe for use by
 * several threads.
 */
final class Slot implements AutoCloseable {

    /** So much log is decoded again rather than let go of, in bytes: to let go costs more. */
    private static final long NEAR = 8 * 1024;

    /** So much log is skipped again rather than marked: skipping is cheaper than decoding. */
    private static final long FAR = 64 * 1024;

    private static final int SNAPSHOT_ON_DEMAND = 160000;

    /** Values as the driver's defaults have them, and commits of ours that are flushed with all before them. */
    private static final String SETTINGS = """
            SET statement_timeout = 30000; SET lock_timeout = 0; SET synchronous_commit = local; SET search_path = pg_catalog;
            SET DateStyle = 'ISO, MDY'; SET TimeZone = 'UTC'; SET IntervalStyle = 'postgres';
            SET extra_float_digits = 1; SET bytea_output = 'hex'
            """;

    private static final String READ = """
            SELECT xid::text::bigint, lsn::text, CASE WHEN pg_catalog.length(data) <= ? THEN data
                   ELSE pg_catalog.left(data, ?) END, pg_catalog.length(data) > ?
            FROM pg_catalog.pg_logical_slot_peek_changes(?, NULL, NULL, 'include-timestamp', 'on', 'skip-empty-xacts', 'on')
            WHERE NOT pg_catalog.starts_with(data, 'message: ')
              AND (?::text IS NULL OR pg_catalog.starts_with(data, ?) OR pg_catalog.starts_with(data, 'BEGIN')
                   OR pg_catalog.starts_with(data, 'COMMIT')
                   OR pg_catalog.strpos(pg_catalog.left(data, 10000), ': TRUNCATE:') > 0)
            """;

    private static final int FETCH = 2_000;

    /** More than any statement may take, in milliseconds. */
    private static final int NETWORK_TIMEOUT = 60_000;

    static final int LINE_MAX = 1_000_000;

    private final Connection connection;
    /** Another one: to decode makes the server forget all that it has cached of the catalogue for that session. */
    private final Connection asking;

    private final String name;
    private final boolean canSnapshot;
    private Lsn released;
    private Lsn marked;

    private Slot(Connection connection, Connection asking, String name, boolean canSnapshot, Lsn released) {
        this.connection = connection;
        this.asking = asking;
        this.name = name;
        this.canSnapshot = canSnapshot;
        this.released = released;
        this.marked = released;
    }

    /** Opens a connection. */
    @FunctionalInterface
    interface Connector {
        Connection connect() throws SQLException;
    }

    /** What a decoded line is. */
    @FunctionalInterface
    interface Lines {
        void line(long xid, Lsn at, String text, boolean isCutOff) throws SQLException;
    }

    /** Makes one; waits until all transactions have ended that are writing now, in any database of the server. */
    static Slot open(Connector connector, Duration deadline) throws SQLException {
        Connection connection = connector.connect();
        try {
            Connection asking = connector.connect();
            try {
                return open(connection, asking, deadline);
            } catch (SQLException e) {
                asking.close();
                throw e;
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private static Slot open(Connection connection, Connection asking, Duration deadline) throws SQLException {
        for (Connection each : List.of(connection, asking)) {
            each.setAutoCommit(true);
            each.setNetworkTimeout(Runnable::run, NETWORK_TIMEOUT); // for a server that is frozen
        }
        execute(asking, "SET statement_timeout = 30000; SET search_path = pg_catalog");
        execute(connection, SETTINGS + "; SET statement_timeout = " + deadline.toMillis());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT slot_name, lsn::text,"
                        + " pg_catalog.current_setting('server_version_num')::int"
                        + " FROM pg_catalog.pg_create_logical_replication_slot("
                        + "'chaos_writes_' || pg_catalog.pg_backend_pid(), 'test_decoding', true)")) {
            row.next();
            boolean canSnapshot = row.getInt(3) >= SNAPSHOT_ON_DEMAND;
            Slot slot = new Slot(connection, asking, row.getString(1), canSnapshot, Lsn.parse(row.getString(2)));
            execute(connection, SETTINGS);
            return slot;
        }
    }

    /** Brings all commits that were answered to where they can be read, also those that did not wait for the disk. */
    void flush() throws SQLException {
        execute(connection, "SELECT pg_catalog.pg_logical_emit_message(true, 'chaostest', '')");
    }

    /** The end of the log now: behind all commits that were answered. */
    Lsn end() throws SQLException {
        try (PreparedStatement statement =
                        asking.prepareStatement("SELECT pg_catalog.pg_current_wal_insert_lsn()::text");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return Lsn.parse(row.getString(1));
        }
    }

    /**
     * Reads all that committed since {@link #release}, again and again.
     *
     * @param prefix of the lines that are wanted, besides those of transactions and of TRUNCATE; null for all
     */
    void read(@Nullable String prefix, Lines lines) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement(READ)) {
            statement.setFetchSize(FETCH);
            statement.setInt(1, LINE_MAX);
            statement.setInt(2, 0);
            statement.setInt(3, LINE_MAX);
            statement.setString(4, name);
            statement.setString(5, prefix);
            statement.setString(6, prefix);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    lines.line(rows.getLong(1), Lsn.parse(rows.getString(2)), rows.getString(3), rows.getBoolean(4));
                }
            }
        } finally {
            end(connection);
        }
    }

    /** How the lines of a schema's tables begin; the server knows best when a name needs quotes. */
    String prefix(String schema) throws SQLException {
        try (PreparedStatement statement = asking.prepareStatement("SELECT pg_catalog.quote_ident(?)")) {
            statement.setString(1, schema);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return "table " + row.getString(1) + ".";
            }
        }
    }

    LoggedChange.Identities identities(List<TableName> tables) throws SQLException {
        return IdentityQuery.run(asking, tables);
    }

    /**
     * Lets the server forget what nobody reads any more, if that is much.
     *
     * <p>A reader begins at the last place of that kind before what the server may forget. The server makes one every 15 s;
     * before PostgreSQL 16 it can't be asked for more.
     *
     * @param oldest what somebody still reads, if anybody does
     * @return the end of the log
     */
    Lsn release(Optional<Lsn> oldest) throws SQLException {
        Lsn now = end();
        if (oldest.orElse(now).value() - released.value() < NEAR) {
            return now;
        }
        if (canSnapshot && now.value() - marked.value() >= FAR) {
            execute(connection, "SELECT pg_catalog.pg_log_standby_snapshot()");
            marked = now;
        }
        flush(); // what is not flushed can't be let go of
        now = end();
        Lsn upTo = oldest.orElse(now);
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_replication_slot_advance(?, ?::text::pg_lsn)")) {
            statement.setString(1, name);
            statement.setString(2, upTo.toString());
            statement.execute();
        }
        released = upTo;
        return now;
    }

    private static void end(Connection connection) throws SQLException {
        if (!connection.isClosed()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Who keeps a slot from being made. */
    static List<String> writers(Connection connection) throws SQLException {
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT 'pid ' || pid || ' in database "' || datname || '", ' || coalesce(state, 'unknown') || ': '
                               || pg_catalog.left(query, 200)
                        FROM pg_catalog.pg_stat_activity
                        WHERE backend_xid IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
                        UNION ALL
                        SELECT 'prepared transaction "' || gid || '" in database "' || database || '"'
                        FROM pg_catalog.pg_prepared_xacts
                        LIMIT 20
                        """)) {
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
        }
        return lines;
    }

    /** Dropped here rather than with the session, which ends later: a database with a slot can't be dropped. */
    @Override
    public void close() {
        try (asking;
                connection) {
            if (!connection.isClosed()) {
                drop();
            }
        } catch (SQLException e) {
            throw new ChaosException(
                    "The sessions that read the server's log must be closed, but the driver answered " + e.getSQLState()
                            + ". The server drops their slot when it notices that they are gone.",
                    e);
        }
    }

    private void drop() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT pg_catalog.pg_drop_replication_slot(slot_name)"
                        + " FROM pg_catalog.pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, name);
            statement.execute();
            for (Connection each : List.of(connection, asking)) {
                execute(each, "RESET ALL");
                each.setNetworkTimeout(Runnable::run, 0);
            }
        } catch (SQLException e) {
            if (!connection.isClosed() && !asking.isClosed()) { // else the server is gone, or ended a session
                throw e;
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock.order;

import dev.chaostest.postgres.lock.RowLockMode;
import dev.chaostest.postgres.lock.TableLockMode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Reads what a session holds: tables and advisory keys from {@code pg_locks}, rows by the extension pgrowlocks, which reads each
 * table that the session may have locked rows of from end to end. Not safe for use by several threads.
 */
final class HeldLocks implements AutoCloseable {

    /** Who reads must not wait for a table that the session has for itself. */
    private static final Duration LOCK_TIMEOUT = Duration.ofMillis(100);

    private static final Duration STATEMENT_TIMEOUT = Duration.ofSeconds(2);
    private static final int VALID_SECONDS = 10;

    /** Two advisory keys of 32 bits are signed; the columns that hold them are not. */
    private static final String WHOLE = """
            SELECT l.mode,
                   CASE l.locktype
                     WHEN 'relation' THEN pg_catalog.format('%I.%I', n.nspname, c.relname)
                     ELSE 'advisory ' || CASE l.objsubid
                       WHEN 1 THEN ((l.classid::bigint << 32) | l.objid::bigint)::text
                       ELSE ((l.classid::bigint << 32) >> 32) || ',' || ((l.objid::bigint << 32) >> 32) END
                   END,
                   l.locktype = 'relation' AND c.relkind IN ('r', 'm'), c.oid::bigint
            FROM pg_catalog.pg_locks l
            LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE l.pid = ? AND l.granted
              AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d
                                WHERE d.datname = pg_catalog.current_database())
              AND (l.locktype = 'advisory'
                   OR (l.locktype = 'relation' AND n.nspname NOT IN ('pg_catalog', 'information_schema')))
            """;

    private static final String EXTENSION = """
            SELECT pg_catalog.quote_ident(n.nspname) || '.pgrowlocks'
            FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
            WHERE e.extname = 'pgrowlocks'
            """;

    private static final String KEY = """
            SELECT pg_catalog.string_agg('t.' || pg_catalog.quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM pg_catalog.pg_index i, pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place),
                 pg_catalog.pg_attribute a
            WHERE i.indrelid = ?::bigint::oid AND i.indisprimary AND a.attrelid = i.indrelid AND a.attnum = k.attnum
            """;

    private static final Map<String, TableLockMode> MODES = Stream.of(TableLockMode.values())
            .collect(Collectors.toUnmodifiableMap(TableLockMode::serverName, mode -> mode));

    private static final Set<TableLockMode> WITH_ROWS = Set.of(TableLockMode.ROW_SHARE, TableLockMode.ROW_EXCLUSIVE);

    private final Connection connection;
    private final Optional<String> rowLocks;
    private final Map<Long, String> keys = new HashMap<>();

    /** A table of which the session may have locked rows. */
    private record Table(long oid, String name) {}

    private HeldLocks(Connection connection) throws SQLException {
        this.connection = connection;
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = " + LOCK_TIMEOUT.toMillis() + "; SET statement_timeout = "
                    + STATEMENT_TIMEOUT.toMillis());
        }
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(EXTENSION)) {
            while (row.next()) {
                found.add(row.getString(1));
            }
        }
        this.rowLocks = found.stream().findFirst();
    }

    static HeldLocks open(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        try {
            return new HeldLocks(connection);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    boolean isAlive() throws SQLException {
        return connection.isValid(VALID_SECONDS);
    }

    boolean seesRows() {
        return rowLocks.isPresent();
    }

    /** What this session holds now. */
    Set<Grip> of(int pid) throws SQLException {
        Set<Grip> grips = new LinkedHashSet<>();
        Set<Table> tables = new LinkedHashSet<>();
        try (PreparedStatement select = connection.prepareStatement(WHOLE)) {
            select.setInt(1, pid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    TableLockMode mode = MODES.get(row.getString(1));
                    if (mode != null) { // a predicate lock has none: nobody waits for it
                        grips.add(new Grip.Whole(row.getString(2), mode));
                        if (row.getBoolean(3) && WITH_ROWS.contains(mode)) {
                            tables.add(new Table(row.getLong(4), row.getString(2)));
                        }
                    }
                }
            }
        }
        for (Table table : tables) {
            if (rowLocks.isPresent() && !grips.contains(new Grip.Whole(table.name(), TableLockMode.ACCESS_EXCLUSIVE))) {
                grips.addAll(rows(rowLocks.get(), table, pid));
            }
        }
        return grips;
    }

    private List<Grip> rows(String function, Table table, int pid) throws SQLException {
        String sql = "SELECT r.modes[pg_catalog.array_position(r.pids, ?)], "
                + key(table).map(columns -> "ROW(" + columns + ")::text").orElse("t.ctid::text")
                + " FROM " + function + "(?) AS r JOIN " + table.name()
                + " AS t ON t.ctid = r.locked_row WHERE ? = ANY (r.pids)";
        List<Grip> rows = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setInt(1, pid);
            select.setString(2, table.name());
            select.setInt(3, pid);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    rows.add(new Grip.OfRow("row " + row.getString(2) + " of " + table.name(), mode(row.getString(1))));
                }
            }
        }
        return rows;
    }

    /** A row is named by its primary key, which stays the same when an update moves the row. */
    private Optional<String> key(Table table) throws SQLException {
        String known = keys.get(table.oid());
        if (known == null) {
            try (PreparedStatement select = connection.prepareStatement(KEY)) {
                select.setLong(1, table.oid());
                try (ResultSet row = select.executeQuery()) {
                    row.next();
                    known = Optional.ofNullable(row.getString(1)).orElse("");
                }
            }
            keys.put(table.oid(), known);
        }
        return Optional.of(known).filter(columns -> !columns.isEmpty());
    }

    /** As the extension prints it: {@code For No Key Update}, {@code Share}, {@code Update} ... */
    private static RowLockMode mode(String printed) {
        if (printed.endsWith("Key Share")) {
            return RowLockMode.KEY_SHARE;
        }
        if (printed.endsWith("Share")) {
            return RowLockMode.SHARE;
        }
        return printed.endsWith("No Key Update") ? RowLockMode.NO_KEY_UPDATE : RowLockMode.UPDATE;
    }

    @Override
    public void close() throws SQLException {
        try (connection;
                Statement statement = connection.createStatement()) {
            statement.execute("RESET lock_timeout; RESET statement_timeout");
        }
    }
}

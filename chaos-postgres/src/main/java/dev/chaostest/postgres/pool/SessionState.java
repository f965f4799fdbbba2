// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a session keeps when its connection goes back to a pool: settings, its role, advisory locks, temporary tables, prepared
 * statements, cursors, channels that it listens on.
 *
 * <p>A pool gives all of that to the next one who borrows the connection. {@link #of} reads it, {@link #changesSince} compares,
 * {@link #reset} takes it away. The driver's own prepared statements don't count. PostgreSQL does not list settings that no
 * extension declares, such as {@code app.tenant}: {@link #of} can't see them, {@link #reset} takes them away all the same.
 *
 * <pre>{@code
 * SessionState before = SessionState.of(connection);
 * report.print(connection);
 * assertThat(SessionState.of(connection).changesSince(before)).isEmpty();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL documentation, DISCARD.
 *
 * @param facts each in a few words: {@code setting search_path = x}
 * @since 0.1
 */
public record SessionState(Set<String> facts) {

    private static final String FACTS = """
            SELECT 'setting ' || name || ' = ' || setting FROM pg_catalog.pg_settings WHERE source = 'session'
            UNION ALL SELECT 'role ' || current_user
            UNION ALL SELECT 'advisory lock ' || pg_catalog.concat_ws(' ', classid, objid, mode)
              FROM pg_catalog.pg_locks
              WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND granted
            UNION ALL SELECT 'temporary relation ' || relname
              FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema()
            UNION ALL SELECT 'prepared statement ' || name FROM pg_catalog.pg_prepared_statements WHERE from_sql
            UNION ALL SELECT 'cursor ' || name FROM pg_catalog.pg_cursors WHERE is_holdable
            UNION ALL SELECT 'listening on ' || channel FROM pg_catalog.pg_listening_channels() AS channel""";

    public SessionState {
        facts = Set.copyOf(facts);
    }

    /** Reads the state of a session, by one query; on a connection that does not commit by itself, it begins a transaction. */
    public static SessionState of(Connection connection) throws SQLException {
        Set<String> facts = new TreeSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FACTS)) {
            while (rows.next()) {
                facts.add(rows.getString(1));
            }
        }
        return new SessionState(facts);
    }

    /** What is new and what is gone, one sentence each, sorted; empty if the session is as it was. */
    public List<String> changesSince(SessionState before) {
        List<String> changes = new ArrayList<>();
        new TreeSet<>(facts)
                .stream()
                        .filter(fact -> !before.facts.contains(fact))
                        .map(fact -> fact + " is new")
                        .forEach(changes::add);
        new TreeSet<>(before.facts)
                .stream()
                        .filter(fact -> !facts.contains(fact))
                        .map(fact -> fact + " is gone")
                        .forEach(changes::add);
        return changes;
    }

    /**
     * Makes a session as it was when it was opened: rolls back, and discards all. The connection commits each statement and may
     * write again, at the server's default isolation level. What a pool or an application had set after opening is gone too,
     * such as HikariCP's {@code connectionInitSql} or the driver's {@code application_name}: a connection of a pool of yours is better evicted.
     *
     * @param connection open
     */
    public static void reset(Connection connection) throws SQLException {
        if (!connection.getAutoCommit()) {
            connection.rollback();
            connection.setAutoCommit(true);
        }
        connection.setReadOnly(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("DISCARD ALL");
        }
    }
}

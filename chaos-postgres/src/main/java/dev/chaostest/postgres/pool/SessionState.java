// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
 * @param facts what it keeps
 * @since 0.1
 */
public record SessionState(Set<Fact> facts) {

    /** A name at its end by which the wire seam knows it: it is nobody's statement. */
    private static final String FACTS = """
            SELECT kind, name, value, usual FROM (
            SELECT 'setting' AS kind, name, '= ' || setting AS value, reset_val AS usual
              FROM pg_catalog.pg_settings WHERE source = 'session'
            UNION ALL SELECT 'role', current_user::text, '', session_user::text
            UNION ALL SELECT 'advisory lock', pg_catalog.concat_ws(' ', classid, objid), mode, NULL
              FROM pg_catalog.pg_locks
              WHERE locktype = 'advisory' AND pid = pg_catalog.pg_backend_pid() AND granted
            UNION ALL SELECT 'temporary relation', relname, '', NULL
              FROM pg_catalog.pg_class WHERE relnamespace = pg_catalog.pg_my_temp_schema()
            UNION ALL SELECT 'prepared statement', name, '', NULL FROM pg_catalog.pg_prepared_statements WHERE from_sql
            UNION ALL SELECT 'cursor', name, '', NULL FROM pg_catalog.pg_cursors WHERE is_holdable
            UNION ALL SELECT 'listening on', channel, '', NULL FROM pg_catalog.pg_listening_channels() AS channel
            ) AS chaos_session_state""";

    /**
     * One thing that a session keeps; in words {@code setting search_path = x}.
     *
     * @param kind such as {@code setting}
     * @param name of the setting, the table ...
     * @param value what it is set to, where there is such a thing; may be empty
     * @param usual what it would be if nobody had set it, where there is such a thing
     */
    public record Fact(String kind, String name, String value, Optional<String> usual) {

        @Override
        public String toString() {
            return kind + " " + name + (value.isEmpty() ? "" : " " + value);
        }
    }

    public SessionState {
        facts = Set.copyOf(facts);
    }

    /** Reads the state of a session, by one query; on a connection that does not commit by itself, it begins a transaction. */
    public static SessionState of(Connection connection) throws SQLException {
        Set<Fact> facts = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(FACTS)) {
            while (rows.next()) {
                facts.add(new Fact(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getString(3),
                        Optional.ofNullable(rows.getString(4))));
            }
        }
        return new SessionState(facts);
    }

    /** What is new and what is gone, one sentence each, sorted; empty if the session is as it was. */
    public List<String> changesSince(SessionState before) {
        List<String> changes = new ArrayList<>();
        sorted(facts).filter(fact -> !before.facts.contains(fact)).forEach(fact -> changes.add(fact + " is new"));
        sorted(before.facts).filter(fact -> !facts.contains(fact)).forEach(fact -> changes.add(fact + " is gone"));
        return changes;
    }

    private static Stream<Fact> sorted(Set<Fact> facts) {
        return facts.stream().sorted(Comparator.comparing(Fact::toString));
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

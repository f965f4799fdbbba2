// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * How much memory the backend of one connection has taken.
 *
 * <p>Counts what PostgreSQL allocates in contexts; not shared buffers, program text or libraries. A session can only ask about
 * itself; the role must be a superuser or a member of {@code pg_read_all_stats}, else the server answers 42501.
 *
 * <pre>{@code
 * long before = BackendMemory.of(connection).totalBytes();
 * report.print(connection);
 * assertThat(BackendMemory.of(connection).totalBytes() - before).isLessThan(1_000_000);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Source: PostgreSQL, "System Views", pg_backend_memory_contexts.
 *
 * @param totalBytes what was taken from the operating system
 * @param usedBytes how much of it is in use
 * @param largest the ten contexts that took most
 * @since 0.1
 */
public record BackendMemory(long totalBytes, long usedBytes, List<Context> largest) {

    private static final String SQL = """
            SELECT name, total_bytes, used_bytes,
                   (sum(total_bytes) OVER ())::bigint, (sum(used_bytes) OVER ())::bigint
            FROM pg_catalog.pg_backend_memory_contexts
            ORDER BY total_bytes DESC, name
            LIMIT 10
            """;

    public BackendMemory {
        largest = List.copyOf(largest);
    }

    /**
     * Reads it, by one query; on a connection that does not commit by itself, it begins a transaction.
     *
     * @throws SQLException what the driver says; 42501 for a role that may not ask
     */
    public static BackendMemory of(Connection connection) throws SQLException {
        List<Context> largest = new ArrayList<>();
        long total = 0;
        long used = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(SQL)) {
            while (rows.next()) {
                largest.add(new Context(rows.getString(1), rows.getLong(2), rows.getLong(3)));
                total = rows.getLong(4);
                used = rows.getLong(5);
            }
        }
        return new BackendMemory(total, used, largest);
    }

    /**
     * One memory context.
     *
     * @param name such as {@code CacheMemoryContext}
     * @param totalBytes what it has taken
     * @param usedBytes how much of it is in use
     */
    public record Context(String name, long totalBytes, long usedBytes) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks for the statistics of the database. */
final class StatisticsQuery {

    private static final String FLUSH = "SELECT pg_catalog.pg_stat_force_next_flush()";

    private static final String SQL = """
            SELECT xact_commit, xact_rollback, deadlocks, conflicts, temp_files, temp_bytes,
                   sessions_abandoned, sessions_fatal, sessions_killed
            FROM pg_catalog.pg_stat_database
            WHERE datname = pg_catalog.current_database()
            """;

    private StatisticsQuery() {}

    static void flush(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(FLUSH);
        }
    }

    static DatabaseStatistics run(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SQL)) {
            row.next();
            return new DatabaseStatistics(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8),
                    row.getLong(9));
        }
    }

    /** What is not zero. */
    static String print(DatabaseStatistics counted) {
        Map<String, Long> numbers = new LinkedHashMap<>();
        numbers.put("commits", counted.commits());
        numbers.put("rollbacks", counted.rollbacks());
        numbers.put("deadlocks", counted.deadlocks());
        numbers.put("conflicts", counted.conflicts());
        numbers.put("temporary files", counted.tempFiles());
        numbers.put("bytes in temporary files", counted.tempBytes());
        numbers.put("sessions abandoned", counted.sessionsAbandoned());
        numbers.put("sessions ended by a fatal error", counted.sessionsFatal());
        numbers.put("sessions terminated", counted.sessionsKilled());
        return numbers.entrySet().stream()
                .filter(each -> each.getValue() != 0)
                .map(each -> each.getValue() + " " + each.getKey())
                .collect(Collectors.joining(", "));
    }
}

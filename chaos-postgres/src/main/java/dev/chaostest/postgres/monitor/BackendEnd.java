// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;

/** Terminates a backend, and waits until it is gone: one that our own connection showed, by process id and start. */
final class BackendEnd {

    private static final String SQL = """
            SELECT pg_catalog.pg_terminate_backend(a.pid, 5000)
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid = ? AND a.backend_start = ?
            """;

    private BackendEnd() {}

    /** Nothing is ended whose start the server hides. */
    static void of(Connection connection, Activity backend) throws SQLException {
        if (backend.backendStart().isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setInt(1, backend.pid());
            statement.setObject(
                    2, backend.backendStart().get().atOffset(ZoneOffset.UTC), Types.TIMESTAMP_WITH_TIMEZONE);
            statement.execute();
        }
    }
}

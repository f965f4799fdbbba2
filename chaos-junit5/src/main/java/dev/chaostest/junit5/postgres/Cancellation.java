// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.postgres.monitor.Activity;
import dev.chaostest.postgres.monitor.ServerState;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cancels what a test that timed out has running on the server, so that its statements fail with 57014: an interrupt alone
 * does not end a read of the driver's.
 *
 * <p>Only sessions whose process id the test's own connections showed; with the time of their start, since a process id comes
 * again.
 *
 * @param running the sessions to cancel
 */
record Cancellation(List<Activity> running) {

    private static final int STATEMENT_SHOWN = 120;

    private static final String CANCEL = """
            SELECT pg_catalog.pg_cancel_backend(a.pid)
            FROM pg_catalog.pg_stat_activity a
            WHERE a.pid = ? AND a.backend_start IS NOT DISTINCT FROM ?
            """;

    /**
     * What these are doing.
     *
     * @param own the process ids of the test's connections
     * @param state what the server does, if it said so
     */
    static Cancellation of(Set<Integer> own, @Nullable ServerState state) {
        return new Cancellation(
                state == null
                        ? List.of()
                        : state.sessions().stream()
                                .filter(session -> own.contains(session.pid()))
                                .filter(session ->
                                        session.isHidden() || session.state().equals(Optional.of("active")))
                                .toList());
    }

    /** Cancels, and says what became of it, one line each. */
    List<String> lines(Connection connection) {
        List<String> lines = new ArrayList<>();
        for (Activity session : running) {
            lines.add(line(connection, session));
        }
        return lines.isEmpty() ? List.of("nothing: no statement of the test was running on the server") : lines;
    }

    private static String line(Connection connection, Activity session) {
        String what = "pid " + session.pid() + ", " + shortened(session.query());
        try {
            return (cancel(connection, session) ? "cancelled " : "already gone: ") + what;
        } catch (SQLException e) {
            return "could not be cancelled (" + e.getSQLState() + "): " + what;
        }
    }

    private static boolean cancel(Connection connection, Activity session) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CANCEL)) {
            statement.setInt(1, session.pid());
            statement.setObject(
                    2,
                    session.backendStart()
                            .map(start -> start.atOffset(ZoneOffset.UTC))
                            .orElse(null),
                    Types.TIMESTAMP_WITH_TIMEZONE);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static String shortened(String query) {
        String line = query.strip().replaceAll("\\s+", " ");
        return line.length() <= STATEMENT_SHOWN ? line : line.substring(0, STATEMENT_SHOWN) + "...";
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** Waits until a server works again: until it has committed a write of ours. */
public record Recovery(PostgresServer server, TimeSource time) {

    /** Leaves no row behind, but is a commit that must be in the log. A standby can only be asked. */
    private static final String WRITE = "SELECT CASE WHEN pg_is_in_recovery() THEN ''"
            + " ELSE pg_logical_emit_message(true, 'chaostest', 'works again')::text END";

    /**
     * Starts it if it is down, and asks until it commits.
     *
     * @return what was seen, with the time since the call
     */
    String await() {
        long begun = time.nanos();
        if (server.isClosed()) {
            return "the server is closed";
        }
        Until.yes(
                "The server on port " + server.port() + " must accept writes again",
                "See its log:\n" + server.logTail(),
                () -> {
                    server.start();
                    return isWritable();
                });
        return "accepts writes again (" + Durations.print(Duration.ofNanos(time.nanos() - begun)) + ")";
    }

    private boolean isWritable() throws SQLException {
        try (Connection connection = Admin.of(server).connect()) {
            return !Admin.values(connection, WRITE).isEmpty();
        }
    }
}

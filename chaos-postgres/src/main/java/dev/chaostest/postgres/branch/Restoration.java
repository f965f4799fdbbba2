// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.cluster.internal.Wal;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerData;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * What a server starts on to get to a moment of a history: an older copy, and the log since.
 *
 * @param what is restored, for messages: {@code Branch "fix"}
 * @param goal the moment
 * @param writable whether it goes on from there, or stands still there
 */
record Restoration(String what, Goal goal, boolean writable) implements ServerData {

    @Override
    public void writeTo(Path directory) throws IOException {
        ServerData.copyOf(goal.history().before(goal).directory()).writeTo(directory);
        DataDirectory data = new DataDirectory(directory);
        data.forgetOrigin();
        data.configure(goal.settings(writable));
        data.signal("recovery.signal");
    }

    /** The same, with a history of its own, that goes on from the one that it was taken from. */
    ServerData withHistory(Forked forked) {
        return directory -> {
            writeTo(directory);
            forked.take(goal.history().forkTo(directory));
        };
    }

    /** Takes the new history. */
    @FunctionalInterface
    interface Forked {
        void take(History history);
    }

    /** Starts a server on this, and waits until it is there. */
    PostgresServer run(Callable<PostgresServer> start) {
        PostgresServer server = null;
        try {
            server = start.call();
            awaitArrival(server);
            return server;
        } catch (Exception e) {
            ChaosException failure = missed(server, e);
            if (server != null) {
                server.close();
            }
            throw failure;
        }
    }

    /** Waits until a server that starts on this is there. */
    void awaitArrival(PostgresServer server) {
        try (Admin admin = Admin.of(server)) {
            Poll.until(
                    what + " must arrive at " + goal.target(),
                    () -> writable
                            ? !admin.is("SELECT pg_is_in_recovery()")
                            : "paused".equals(admin.one("SELECT pg_get_wal_replay_pause_state()")),
                    () -> "is still at " + admin.text("SELECT pg_last_wal_replay_lsn()"),
                    "Name an earlier moment.");
        }
    }

    /** Where sessions are lost, the server is ending. */
    private static void awaitEnd(PostgresServer server) {
        Poll.until(
                "The server on port " + server.port() + " must end",
                () -> !server.isRunning(),
                () -> "still runs",
                "Look at its log.");
    }

    /** The timeline that a server began when it arrived. */
    static int timeline(PostgresServer server) {
        try (Admin admin = Admin.of(server)) {
            return Wal.of(admin).timeline();
        }
    }

    /** The server ends by itself where it does not find its target. */
    ChaosException missed(@Nullable PostgresServer server, Exception e) {
        if (server != null && e instanceof ChaosException failure) {
            if (!(failure.getCause() instanceof SQLException)) {
                return failure; // it is late, or stands still
            }
            awaitEnd(server);
        }
        String log = server == null ? String.valueOf(e.getMessage()) : server.logTail();
        return new ChaosException(
                what + " must arrive at " + goal.target() + " in the history of branch "
                        + goal.branch().name() + ", but its server ended before. Name a moment that is in there: a mark,"
                        + " or a time, place or transaction of the past. Its log ends with:\n" + log,
                e);
    }
}

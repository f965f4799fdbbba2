// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;
import java.sql.SQLException;
import java.util.List;

/**
 * One client's session of a server: a process number, and when it began, since numbers are used again.
 *
 * @param began in seconds since 1970, as the server says it
 */
public record Session(PostgresServer server, int pid, String began) {
    private static final String BEGAN = "SELECT extract(epoch FROM backend_start)::text FROM pg_stat_activity"
            + " WHERE pid = ? AND backend_type = 'client backend'";

    /**
     * The session that this process serves now.
     *
     * @throws ChaosException if it serves none of this server's clients
     */
    public static Session of(PostgresServer server, int pid) {
        return new Session(server, pid, began(server, pid));
    }

    /**
     * Looks that it is still the same.
     *
     * @throws ChaosException if it is gone, or its number belongs to another now
     */
    public void require() {
        String now = began(server, pid);
        if (!now.equals(began)) {
            throw new ChaosException("Backend " + pid + " of the server on port " + server.port()
                    + " must be the session that began at " + began + ", but that ended, and another began at " + now
                    + " with its number. Take the backend of a connection that is open now.");
        }
    }

    private static String began(PostgresServer server, int pid) {
        try {
            List<String> found = Admin.of(server).values(BEGAN, pid);
            if (found.isEmpty()) {
                throw new ChaosException("Backend " + pid + " must be a client's session of the server on port "
                        + server.port()
                        + ", but that server has none with this number. Take a connection that is open, and to"
                        + " this server.");
            }
            return found.get(0);
        } catch (SQLException e) {
            throw new ChaosException(
                    "The server on port " + server.port() + " must say whose backend " + pid
                            + " is, but it answered " + e.getSQLState()
                            + ". Heal what keeps it from taking connections first.",
                    e);
        }
    }

    /** Whether it is still there, for who has asked before. */
    boolean isThere() throws SQLException {
        return Admin.of(server).values(BEGAN, pid).contains(began);
    }

    /** What it does now; empty if it is gone. */
    List<String> activity() throws SQLException {
        return Admin.of(server)
                .values(
                        "SELECT coalesce(state, '') || ' since ' || coalesce(query_start::text, '')"
                                + " FROM pg_stat_activity WHERE pid = ? AND extract(epoch FROM backend_start)::text = ?",
                        pid,
                        began);
    }

    ServerProcess process() {
        return new ServerProcess(server, pid);
    }

    /** How much of its memory is mapped now. */
    long mappedBytes() {
        return new Proc(pid).mappedBytes();
    }

    @Override
    public String toString() {
        return "backend " + pid;
    }
}

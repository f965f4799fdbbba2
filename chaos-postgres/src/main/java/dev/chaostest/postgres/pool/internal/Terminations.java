// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Ends sessions of our own connections, told apart from a later one with the same process number by their start. */
public final class Terminations {

    /** What a server may take for one. */
    public static final int SECONDS = 10;

    private static final String START = "SELECT backend_start::text FROM pg_catalog.pg_stat_activity WHERE pid = ?";
    private static final String END = "SELECT pg_catalog.pg_terminate_backend(pid, ?) FROM pg_catalog.pg_stat_activity"
            + " WHERE pid = ? AND backend_start::text = ?";

    private Terminations() {}

    /**
     * Ends them, and returns when they are gone.
     *
     * @param connections open, of pgjdbc
     * @return their process numbers
     * @throws ChaosException if one is still there
     */
    public static List<Integer> end(List<Connection> connections, DataSource admin) throws SQLException {
        List<Integer> ended = new ArrayList<>();
        try (Connection past = admin.getConnection()) {
            for (Connection each : connections) {
                int pid = PgSource.pid(each);
                end(past, pid, start(past, pid));
                ended.add(pid);
            }
        }
        return ended;
    }

    /** Empty if it is gone already. */
    private static String start(Connection past, int pid) throws SQLException {
        try (PreparedStatement statement = past.prepareStatement(START)) {
            statement.setInt(1, pid);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return "";
                }
                String start = row.getString(1);
                if (start == null) {
                    throw new ChaosException(
                            "The session of process " + pid + " must be shown to the admin with its start"
                                    + " to be ended, but is not. Connect as the same role, as a superuser, or as one of"
                                    + " pg_signal_backend and pg_read_all_stats.");
                }
                return start;
            }
        }
    }

    private static void end(Connection past, int pid, String start) throws SQLException {
        try (PreparedStatement statement = past.prepareStatement(END)) {
            statement.setLong(1, Duration.ofSeconds(SECONDS).toMillis());
            statement.setInt(2, pid);
            statement.setString(3, start);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next() && !row.getBoolean(1)) {
                    throw new ChaosException("The session of process " + pid + " must end within " + SECONDS
                            + " s, but is still there. Look at what it does in pg_stat_activity.");
                }
            }
        }
    }
}

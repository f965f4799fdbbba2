// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.SQLException;

/** A session of ours that holds as many locks as fit into the shared memory for them. */
public record FullLockTable(Admin admin, Recovery recovery) implements Act {
    private static final String OUT_OF_MEMORY = "53200";

    /** Of two numbers, so that it is no key of those who use one; begins with the letters of "chao". */
    private static final int KEY = 0x6368616f;

    private static final String LOCK =
            "SELECT count(pg_advisory_lock(" + KEY + ", g)) FROM generate_series(1, 10000000) g";

    @Override
    public Undo strike() throws SQLException {
        Connection holder = admin.connect();
        // Opened before: to connect takes locks, too.
        try (Connection other = admin.connect()) {
            // An error does not let go of locks that a session holds.
            requireFull(state(holder, LOCK));
            requireFull(state(other, "SELECT pg_try_advisory_lock(" + KEY + ", 0)"));
        } catch (SQLException | RuntimeException e) {
            end(holder);
            throw e;
        }
        return () -> {
            end(holder);
            return "let go of the locks, " + recovery.await();
        };
    }

    private static String state(Connection connection, String sql) {
        try {
            Admin.run(connection, sql);
            return "success";
        } catch (SQLException e) {
            return String.valueOf(e.getSQLState());
        }
    }

    private void requireFull(String state) {
        if (!state.equals(OUT_OF_MEMORY)) {
            throw new ChaosException("The lock table of the server on port "
                    + admin.server().port() + " must be full, which is " + OUT_OF_MEMORY + ", but " + state
                    + " came back. Start it with a smaller max_locks_per_transaction.");
        }
    }

    private static void end(Connection holder) throws SQLException {
        try (holder) {
            Admin.run(holder, "SELECT pg_advisory_unlock_all()");
        } catch (SQLException e) {
            if (!holder.isClosed()) {
                throw e;
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What a client of a load does in one transaction, as pgbench has it.
 *
 * @since 0.1
 */
public enum Workload {
    /**
     * Adds an amount to an account, a teller and a branch, and writes it down: three updates, a read, an insert, a commit. All
     * clients of one branch wait for each other.
     */
    TPC_B {
        @Override
        void run(Connection connection, Pick pick) throws SQLException {
            update(connection, "UPDATE pgbench_accounts SET abalance = abalance + ? WHERE aid = ?", pick.delta(), pick.aid());
            read(connection, pick.aid());
            update(connection, "UPDATE pgbench_tellers SET tbalance = tbalance + ? WHERE tid = ?", pick.delta(), pick.tid());
            update(connection, "UPDATE pgbench_branches SET bbalance = bbalance + ? WHERE bid = ?", pick.delta(), pick.bid());
            update(
                    connection,
                    "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (?, ?, ?, ?, now())",
                    pick.tid(),
                    pick.bid(),
                    pick.aid(),
                    pick.delta());
            connection.commit();
        }
    },

    /** Reads the balance of one account. */
    SELECT_ONLY {
        @Override
        void run(Connection connection, Pick pick) throws SQLException {
            read(connection, pick.aid());
            connection.commit();
        }
    };

    /** What one transaction is about. */
    record Pick(int aid, int tid, int bid, int delta) {}

    /** Runs one transaction on a connection that does not commit by itself. */
    abstract void run(Connection connection, Pick pick) throws SQLException;

    private static void read(Connection connection, int aid) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT abalance FROM pgbench_accounts WHERE aid = ?")) {
            select.setInt(1, aid);
            select.executeQuery().close();
        }
    }

    private static void update(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                update.setInt(i + 1, values[i]);
            }
            update.executeUpdate();
        }
    }
}

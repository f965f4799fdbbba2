// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Services that move money, right ones and wrong ones. */
final class Transfers {

    private Transfers() {}

    /** Five statements with BEGIN and COMMIT. */
    static void transfer(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            try {
                moves(connection);
                connection.commit();
            } catch (SQLException e) {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
                throw e;
            }
        }
    }

    /** Each commits by itself. */
    static void piecemeal(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            moves(connection);
        }
    }

    private static void moves(Connection connection) throws SQLException {
        run(
                connection,
                "UPDATE account SET balance = balance - 100 WHERE id = 1",
                "UPDATE account SET balance = balance + 100 WHERE id = 2",
                "INSERT INTO entry (account, amount) VALUES (1, -100), (2, 100)");
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}

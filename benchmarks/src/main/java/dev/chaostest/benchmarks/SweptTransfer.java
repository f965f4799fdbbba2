// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.sweep.Sweep;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The sweep that {@link SweepRounds} measures: a service of five statements in one transaction, over a pool. */
@PostgresTest
class SweptTransfer {

    @ChaosSweep
    @IsolatedSchema("swept-transfer.sql")
    void moneyIsNotLost(HikariDataSource bank, Sweep sweep) throws SQLException {
        sweep.invariant("money", "SELECT sum(balance) FROM account");
        transfer(bank, 1, 2, 100);
    }

    private static void transfer(DataSource bank, int from, int to, int amount) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            try {
                run(connection, "SELECT balance FROM account WHERE id IN (?, ?) ORDER BY id FOR UPDATE", from, to);
                run(connection, "UPDATE account SET balance = balance - ? WHERE id = ?", amount, from);
                run(connection, "UPDATE account SET balance = balance + ? WHERE id = ?", amount, to);
                run(connection, "INSERT INTO entry (account, amount) VALUES (?, -?)", from, amount);
                run(connection, "INSERT INTO entry (account, amount) VALUES (?, ?)", to, amount);
                connection.commit();
            } catch (SQLException e) {
                if (!connection.isClosed()) {
                    connection.rollback();
                }
                throw e;
            }
        }
    }

    private static void run(Connection connection, String sql, int... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setInt(i + 1, values[i]);
            }
            statement.execute();
        }
    }
}

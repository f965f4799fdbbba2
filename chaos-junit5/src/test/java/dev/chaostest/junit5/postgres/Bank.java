// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What the tests do to the accounts of bank.sql. */
final class Bank {

    private Bank() {}

    static void add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }

    static void add(DataSource bank, int account, int amount) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            add(connection, account, amount);
        }
    }

    static List<Integer> balances(DataSource bank) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            return balances(connection);
        }
    }

    static List<Integer> balances(Connection connection) throws SQLException {
        List<Integer> balances = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT balance FROM account ORDER BY id")) {
            while (rows.next()) {
                balances.add(rows.getInt(1));
            }
        }
        return balances;
    }

    static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    static String ask(DataSource bank, String query) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            return ask(connection, query);
        }
    }
}

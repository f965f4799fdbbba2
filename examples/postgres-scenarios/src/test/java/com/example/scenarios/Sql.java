// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** One-line statements, so that a scenario shows what it is about. */
final class Sql {

    private Sql() {}

    /** Runs a statement; the result says how many rows it changed. */
    static int run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            statement.execute();
            return statement.getUpdateCount();
        }
    }

    /** Runs a statement on a connection of its own, which commits it. */
    static int run(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return run(connection, sql, values);
        }
    }

    /** The first column of the first row, as a number. */
    static long number(Connection connection, String sql, Object... values) throws SQLException {
        return Long.parseLong(texts(connection, sql, values).get(0));
    }

    static long number(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return number(connection, sql, values);
        }
    }

    /** The first column of all rows. */
    static List<String> texts(Connection connection, String sql, Object... values) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    static List<String> texts(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return texts(connection, sql, values);
        }
    }

    /** Work of one transaction: committed at its end, rolled back if it fails. */
    static void inTransaction(DataSource source, Work work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (SQLException failure) {
                rollback(connection, failure);
                throw failure;
            }
        }
    }

    private static void rollback(Connection connection, SQLException failure) {
        try {
            connection.rollback();
        } catch (SQLException alsoLost) {
            failure.addSuppressed(alsoLost);
        }
    }

    /** The SQLSTATE that the call fails with; empty text if it does not fail. */
    static String state(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        return thrown == null ? "" : thrown instanceof SQLException sql ? sql.getSQLState() : thrown.toString();
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }

    /** Work in a transaction. */
    @FunctionalInterface
    interface Work {
        void run(Connection transaction) throws SQLException;
    }
}

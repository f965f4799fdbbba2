// SPDX-License-Identifier: Apache-2.0
package com.example.corpus;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/** One-line statements, so that a service shows what it is about. */
public final class Sql {

    private static final Set<String> TRANSIENT = Set.of("40001", "40P01");

    private Sql() {}

    /** Runs a statement; the result says how many rows it changed. */
    public static int run(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            statement.execute();
            return statement.getUpdateCount();
        }
    }

    /** Runs a statement on a connection of its own, which commits it. */
    public static int run(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return run(connection, sql, values);
        }
    }

    /** The first column of the first row, as a number. */
    public static long number(Connection connection, String sql, Object... values) throws SQLException {
        return Long.parseLong(texts(connection, sql, values).get(0));
    }

    /** The first column of the first row, as a number, on a connection of its own. */
    public static long number(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return number(connection, sql, values);
        }
    }

    /** The first column of all rows. */
    public static List<String> texts(Connection connection, String sql, Object... values) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (PreparedStatement statement = prepared(connection, sql, values);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    /** The first column of all rows, on a connection of its own. */
    public static List<String> texts(DataSource source, String sql, Object... values) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return texts(connection, sql, values);
        }
    }

    /** Whether there is such a row. */
    public static boolean has(Connection connection, String sql, Object... values) throws SQLException {
        return !texts(connection, sql, values).isEmpty();
    }

    /** Work of one transaction: committed at its end, rolled back if it fails. */
    public static void inTransaction(DataSource source, Work work) throws SQLException {
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try {
                work.run(connection);
                connection.commit();
            } catch (SQLException | RuntimeException failure) {
                rollback(connection, failure);
                throw failure;
            }
        }
    }

    /** Rolls back; that it could not is told beside the failure. */
    public static void rollback(Connection connection, Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException alsoLost) {
            failure.addSuppressed(alsoLost);
        }
    }

    /** Whether the server rolled the transaction back and says that it may be tried again. */
    public static boolean isTransient(SQLException failure) {
        return TRANSIENT.contains(String.valueOf(failure.getSQLState()));
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
    public interface Work {
        /** Does it. */
        void run(Connection transaction) throws SQLException;
    }
}

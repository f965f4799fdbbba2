// SPDX-License-Identifier: Apache-2.0
package com.example.bank;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Moves money between accounts, once, whatever the database does in between.
 *
 * <p>Each transfer has an id that the caller chose. It is written in the same transaction, so a transfer whose answer
 * was lost can be tried again without being paid twice.
 */
public final class TransferService {

    private static final int ATTEMPTS_MAX = 4;

    private final DataSource bank;
    private final boolean careless;

    public TransferService(DataSource bank) {
        // The switch of the README: no transaction, no retry. See what the chaos tests say to that.
        this(bank, Boolean.getBoolean("bank.careless"));
    }

    TransferService(DataSource bank, boolean careless) {
        this.bank = bank;
        this.careless = careless;
    }

    /** Moves the amount; returns when that is certain. */
    public void transfer(String id, int from, int to, int amount) throws SQLException {
        if (careless) {
            try (Connection connection = bank.getConnection()) {
                move(connection, id, from, to, amount);
            }
            return;
        }
        for (int attempt = 1; ; attempt++) {
            try {
                inTransaction(id, from, to, amount);
                return;
            } catch (SQLException failure) {
                if (attempt == ATTEMPTS_MAX || !canBeTriedAgain(failure)) {
                    throw failure;
                }
            }
        }
    }

    private void inTransaction(String id, int from, int to, int amount) throws SQLException {
        try (Connection connection = bank.getConnection()) {
            connection.setAutoCommit(false);
            try {
                if (!isDone(connection, id)) {
                    move(connection, id, from, to, amount);
                }
                connection.commit();
            } catch (SQLException failure) {
                rollback(connection, failure);
                throw failure;
            }
        }
    }

    private static void move(Connection connection, String id, int from, int to, int amount) throws SQLException {
        try (PreparedStatement note =
                connection.prepareStatement("INSERT INTO transfer (id, amount) VALUES (?, ?)")) {
            note.setString(1, id);
            note.setInt(2, amount);
            note.executeUpdate();
        }
        add(connection, from, -amount);
        add(connection, to, amount);
    }

    private static void add(Connection connection, int account, int amount) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE account SET balance = balance + ? WHERE id = ?")) {
            update.setInt(1, amount);
            update.setInt(2, account);
            update.executeUpdate();
        }
    }

    private static boolean isDone(Connection connection, String id) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT 1 FROM transfer WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Serialization failures, deadlocks, lost connections: the whole transaction may run again, thanks to the id. */
    private static boolean canBeTriedAgain(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        return state.equals("40001") || state.equals("40P01") || state.equals("57P01") || state.startsWith("08");
    }

    private static void rollback(Connection connection, SQLException failure) {
        try {
            connection.rollback();
        } catch (SQLException alsoLost) {
            failure.addSuppressed(alsoLost);
        }
    }
}

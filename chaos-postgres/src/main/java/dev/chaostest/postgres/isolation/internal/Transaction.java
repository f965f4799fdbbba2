// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Work on a borrowed connection, which goes back in the mode in which it came. */
final class Transaction {

    private Transaction() {}

    /** What is done with the connection. */
    @FunctionalInterface
    interface Work {
        void run() throws SQLException;
    }

    /** Runs the work in one transaction: committed as a whole, or rolled back. */
    static void run(Connection connection, Work work) throws SQLException {
        inMode(connection, false, () -> {
            try {
                work.run();
                connection.commit();
            } catch (SQLException | RuntimeException e) {
                rollBack(connection, e);
                throw e;
            }
        });
    }

    /** Runs statements in one transaction and in one round trip. */
    static void atOnce(Connection connection, String sql) throws SQLException {
        atOnce(connection, () -> execute(connection, whole(sql)));
    }

    /** The statements as one transaction, for one round trip. */
    static String whole(String sql) {
        return "BEGIN; " + sql + "; COMMIT";
    }

    /** Runs work whose one round trip begins and ends a transaction: it may leave one that failed. */
    static void atOnce(Connection connection, Work work) throws SQLException {
        inAutocommit(connection, () -> {
            try {
                work.run();
            } catch (SQLException e) {
                end(connection, e);
                throw e;
            }
        });
    }

    private static void end(Connection connection, SQLException first) {
        try {
            execute(connection, "ROLLBACK");
        } catch (SQLException e) {
            first.addSuppressed(e);
        }
    }

    /** Runs the work so that each of its statements commits by itself. */
    static void inAutocommit(Connection connection, Work work) throws SQLException {
        inMode(connection, true, work);
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static void inMode(Connection connection, boolean autocommit, Work work) throws SQLException {
        boolean before = connection.getAutoCommit();
        connection.setAutoCommit(autocommit);
        try {
            work.run();
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(before);
            }
        }
    }

    private static void rollBack(Connection connection, Exception first) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            first.addSuppressed(e);
        }
    }
}

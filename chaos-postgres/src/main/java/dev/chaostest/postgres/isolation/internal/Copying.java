// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.isolation.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * How a server copies a database.
 *
 * <p>File by file needs two checkpoints, which cost nothing where nothing is flushed ({@code fsync=off}), and is twice as
 * fast there. From 18 on the files can share their blocks, where the file system can.
 *
 * <p>Source: PostgreSQL documentation, "CREATE DATABASE" and "file_copy_method".
 */
enum Copying {
    /** Block by block through the write-ahead log. */
    WAL_LOG,
    /** File by file. */
    FILE_COPY,
    /** File by file, sharing blocks. */
    CLONE;

    private static final int SHARES_BLOCKS_FROM = 180_000;
    private static final String INVALID_VALUE = "22023";
    /** What the server makes of an error number of the system for which it has no state of its own. */
    private static final String UNKNOWN_TO_THE_SYSTEM = "XX000";

    private static final String ASK =
            "SELECT current_setting('fsync') = 'on', current_setting('server_version_num')::int";

    /** What suits a server by its settings. */
    static Copying of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(ASK)) {
            row.next();
            if (row.getBoolean(1)) {
                return WAL_LOG;
            }
            return row.getInt(2) >= SHARES_BLOCKS_FROM ? CLONE : FILE_COPY;
        }
    }

    /** Makes a database out of another. */
    void copy(Connection connection, DatabaseName from, DatabaseName to) throws SQLException {
        String create = "CREATE DATABASE " + to.quoted() + " TEMPLATE " + from.quoted() + " STRATEGY "
                + (this == WAL_LOG ? "WAL_LOG" : "FILE_COPY") + " CONNECTION LIMIT " + Mark.OURS;
        if (this != CLONE || !isSet(connection) || !isCloned(connection, create)) {
            Transaction.execute(connection, create);
        }
    }

    /** A system that can't, such as a sandbox without the system call, says so for the first file; nothing is left then. */
    private static boolean isCloned(Connection connection, String create) throws SQLException {
        try {
            Transaction.execute(connection, create);
            return true;
        } catch (SQLException e) {
            if (UNKNOWN_TO_THE_SYSTEM.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        } finally {
            if (!connection.isClosed()) {
                Transaction.execute(connection, "RESET file_copy_method");
            }
        }
    }

    /** A server that was built without it has no such value. */
    private static boolean isSet(Connection connection) throws SQLException {
        try {
            Transaction.execute(connection, "SET file_copy_method = clone");
            return true;
        } catch (SQLException e) {
            if (INVALID_VALUE.equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** SQL as an application would send it. */
public final class Db {
    private Db() {}

    public static Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url);
    }

    public static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public static void execute(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server.jdbcUrl())) {
            execute(connection, sql);
        }
    }

    public static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "no row";
        }
    }

    public static String query(String url, String sql) throws SQLException {
        try (Connection connection = connect(url)) {
            return query(connection, sql);
        }
    }

    public static String query(PostgresServer server, String sql) throws SQLException {
        return query(server.jdbcUrl(), sql);
    }

    /** The SQLSTATE that something fails with. */
    public static String state(ThrowingCallable call) {
        return catchThrowableOfType(SQLException.class, call).getSQLState();
    }
}

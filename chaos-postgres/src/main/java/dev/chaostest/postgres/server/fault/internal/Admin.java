// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.postgres.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Sessions of ours on a server, as its superuser, past every seam; no answer takes longer than {@value #SECONDS_MAX} s. */
public record Admin(PostgresServer server, String database) {
    private static final int SECONDS_MAX = 20;

    /** In a database that everybody has. */
    public static Admin of(PostgresServer server) {
        return new Admin(server, "postgres");
    }

    /** A new session; the caller closes it. */
    public Connection connect() throws SQLException {
        return connect(server.user());
    }

    /** The same as another role; our own servers ask for no password. */
    public Connection connect(String role) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", role);
        properties.setProperty("ApplicationName", "chaostest faults");
        // Also while connecting: a postmaster that stands still would be waited for without end.
        properties.setProperty("socketTimeout", "" + SECONDS_MAX);
        // A standby that does not answer must not keep us; what the server's owner set must not stop us.
        properties.setProperty(
                "options",
                "-c synchronous_commit=local -c statement_timeout=0 -c lock_timeout=0 -c default_transaction_read_only=off");
        return DriverManager.getConnection(server.jdbcUrl(database).replaceFirst("user=[^&]*&", ""), properties);
    }

    /** Runs a statement in a session of its own. */
    void run(String sql) throws SQLException {
        try (Connection connection = connect()) {
            run(connection, sql);
        }
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first column of every row, in a session of its own. */
    public List<String> values(String sql, Object... parameters) throws SQLException {
        try (Connection connection = connect()) {
            return values(connection, sql, parameters);
        }
    }

    static List<String> values(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<String> values = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    values.add(String.valueOf(rows.getString(1)));
                }
            }
            return values;
        }
    }
}

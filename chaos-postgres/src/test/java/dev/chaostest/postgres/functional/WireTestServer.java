// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** The server that the tests of the wire run on. */
public final class WireTestServer {

    private WireTestServer() {}

    /** Without parameters. */
    public static String url() {
        return TestServer.url();
    }

    /** With a {@code socketTimeout}: nothing else frees a test that reads what never comes. To be without, set it to 0. */
    public static Properties login() {
        Properties properties = new Properties();
        properties.setProperty("user", "postgres");
        properties.setProperty("socketTimeout", "30");
        return properties;
    }

    /** A connection past every seam. */
    public static Connection direct() throws SQLException {
        return DriverManager.getConnection(url(), login());
    }

    /** A connection through a seam. */
    public static Connection through(WireMount wire, String... settings) throws SQLException {
        Properties properties = login();
        properties.putAll(wire.properties());
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection(url(), properties);
    }

    /** A number that the server is set to. */
    public static int setting(String name) throws SQLException {
        try (Connection direct = direct()) {
            return Integer.parseInt(read(direct, "SHOW " + name));
        }
    }

    public static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    public static String read(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

class PostgresServerTest {

    @Test
    void answersAndLeavesNothing() throws SQLException {
        PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
        try (server) {
            assertThat(query(server.jdbcUrl(), "SHOW server_version")).startsWith(server.version());
            assertThat(query(server.jdbcUrl(), "SELECT pg_backend_pid() > 0")).isEqualTo("t");
        }
        assertThat(server.dataDirectory()).doesNotExist();
        assertThat(ProcessHandle.of(server.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private static String query(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}

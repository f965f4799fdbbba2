// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.PostgresUnavailableException;
import dev.chaostest.postgres.server.ServerOptions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MissingDatabaseTest {

    private static PostgresServer server;

    @BeforeAll
    static void start() {
        server = PostgresServer.start(ServerOptions.ofDefaults());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void isCreatedWhereTheOwnerSaysSo() throws SQLException {
        try (PostgresSupply supply = supply("made", "true");
                Connection connection = supply.shared().connect()) {
            assertThat(connection.getCatalog()).isEqualTo("made");
        }
    }

    @Test
    void isCreatedOnceByManyAtOnce() {
        IntStream.range(0, 4).parallel().forEach(i -> {
            try (PostgresSupply supply = supply("shared \"by\"; DROP", "true")) {
                assertThat(supply.shared().database()).isEqualTo("shared \"by\"; DROP");
            }
        });
        assertThat(exists("shared \"by\"; DROP")).isTrue();
    }

    @Test
    void isNotCreatedUnasked() {
        try (PostgresSupply supply = supply("unasked", "false")) {
            assertThatThrownBy(supply::shared)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessage("The given JDBC URL must lead to a running PostgreSQL, but jdbc:postgresql://127.0.0.1:"
                            + server.port() + "/unasked failed with 3D000: FATAL: database \"unasked\" does not exist. "
                            + "Set chaos.jdbc.create=true to have it created, correct the setting, or remove it to let "
                            + "one be started.");
        }
        assertThat(exists("unasked")).isFalse();
    }

    @Test
    void aSettingThatIsNeitherIsRefused() {
        assertThatThrownBy(() -> supply("any", "yes"))
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessage("chaos.jdbc.create must be true or false, but was yes. Set it to true to have a missing "
                        + "database created.");
    }

    private static PostgresSupply supply(String database, String create) {
        String url = server.jdbcUrl(database);
        return PostgresSupply.ofUrl(
                url.substring(0, url.indexOf('?')),
                Optional.of("postgres"),
                Optional.empty(),
                key -> Optional.ofNullable(Map.of("chaos.jdbc.create", create).get(key)));
    }

    private static boolean exists(String database) {
        try (Connection connection = Postgres.of(server).connect();
                var query = connection.prepareStatement("SELECT 1 FROM pg_database WHERE datname = ?")) {
            query.setString(1, database);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next();
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}

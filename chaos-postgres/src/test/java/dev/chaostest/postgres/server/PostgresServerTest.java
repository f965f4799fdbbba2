// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgresServerTest {
    private final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());

    @Test
    void isTheVersionThatTheBuildNames() {
        assertThat(System.getProperty("expected.postgres")).startsWith(installation.version() + ".");
    }

    @Test
    void answersAndLeavesNothing() throws SQLException, IOException {
        PostgresServer server = installation.start();
        String segment;
        try (server) {
            segment = Remains.segment(server.dataDirectory());
            assertThat(query(server, "SHOW server_version")).isEqualTo(server.version());
            assertThat(server.version()).startsWith(server.majorVersion() + ".");
            assertThat(query(server, "SHOW data_directory"))
                    .isEqualTo(server.dataDirectory().toString());
        }
        assertThat(Remains.of(server.dataDirectory(), segment)).isEmpty();
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "listen_addresses, 127.0.0.1",
        "fsync, off",
        "full_page_writes, off",
        "synchronous_commit, on",
        "wal_level, logical",
        "max_connections, 200",
        "max_prepared_transactions, 64",
        "max_replication_slots, 32",
        "max_wal_senders, 32",
        "server_encoding, UTF8",
        "log_timezone, UTC",
        "wal_segment_size, 1MB",
    })
    void hasOurSettings(String name, String value) throws SQLException {
        try (PostgresServer server = installation.start();
                Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            assertThat(first(connection, "SHOW " + name)).isEqualTo(value);
        }
    }

    @Test
    void settingsOfTheUserWin() throws SQLException {
        ServerOptions options =
                ServerOptions.ofDefaults().withSetting("work_mem", "7MB").withSetting("fsync", "on");
        try (PostgresServer server = PostgresServer.start(options)) {
            assertThat(query(server, "SHOW work_mem")).isEqualTo("7MB");
            assertThat(query(server, "SHOW fsync")).isEqualTo("on");
        }
    }

    @Test
    void twoServersAreTwo() throws SQLException {
        try (PostgresServer one = installation.start();
                PostgresServer other = installation.start()) {
            assertThat(one.port()).isNotEqualTo(other.port());
            assertThat(one.pid()).isNotEqualTo(other.pid());
            assertThat(query(one, "SHOW port")).isEqualTo("" + one.port());
            assertThat(query(other, "SHOW port")).isEqualTo("" + other.port());
        }
    }

    @Test
    void aDatabaseWithAnOddNameHasAUrl() throws SQLException {
        try (PostgresServer server = installation.start();
                Connection connection = DriverManager.getConnection(server.jdbcUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE \"a b/c?d&e%\"");
            try (Connection odd = DriverManager.getConnection(server.jdbcUrl("a b/c?d&e%"))) {
                assertThat(first(odd, "SELECT current_database()")).isEqualTo("a b/c?d&e%");
            }
        }
    }

    @Test
    void saysWhatItIs() {
        try (PostgresServer server = installation.start()) {
            assertThat(server)
                    .hasToString("PostgreSQL " + server.version() + " on 127.0.0.1:" + server.port() + ", process "
                            + server.pid() + ", data in " + server.dataDirectory());
            assertThat(server.jdbcUrl())
                    .isEqualTo("jdbc:postgresql://127.0.0.1:" + server.port()
                            + "/postgres?user=postgres&sslmode=disable&gssEncMode=disable");
            assertThat(server.logTail()).contains("ready to accept connections");
        }
    }

    @Test
    void aKilledServerIsClearedAway() throws IOException, SQLException {
        PostgresServer server = installation.start();
        try (server;
                Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            assertThat(connection.isValid(30)).isTrue();
            String segment = Remains.segment(server.dataDirectory());
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
            server.close();
            Remains.awaitNothingOf(server.dataDirectory(), segment);
        }
    }

    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the shell is found in /proc")
    void aServerIsClearedAwayEvenIfTheShellBesideItWasKilled() throws IOException {
        PostgresServer server = installation.start();
        String segment = Remains.segment(server.dataDirectory());
        Path home = server.dataDirectory().getParent();
        ProcessHandle.current()
                .children()
                .filter(child -> Remains.read(Path.of("/proc/" + child.pid() + "/cmdline"))
                        .contains(String.valueOf(home)))
                .forEach(ProcessHandle::destroyForcibly);

        server.close();

        Remains.awaitNothingOf(server.dataDirectory(), segment);
    }

    @Test
    void aServerThatDoesNotStartShowsItsLogAndLeavesNothing() {
        PostgresInstallation broken =
                PostgresInstallation.prepare(ServerOptions.ofDefaults().withSetting("shared_buffers", "much"));

        assertThatThrownBy(broken::start)
                .isInstanceOf(PostgresUnavailableException.class)
                .hasMessageMatching("(?s)PostgreSQL " + broken.version() + " must start in \\S+, but it ended with 1\\."
                        + " Its log ends with:\n.*FATAL:  invalid value for parameter \"shared_buffers\": \"much\".*"
                        + "\nCorrect the settings that it names, or set chaos\\.jdbc\\.url to a running PostgreSQL\\.")
                .satisfies(e -> assertThat(Files.exists(Path.of(
                                String.valueOf(e.getMessage()).replaceAll("(?s).* must start in (\\S+), but.*", "$1"))))
                        .isFalse());
    }

    @Test
    void anInterruptedStartLeavesNothing() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(installation::start)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessageContaining("was interrupted while it started");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            return first(connection, sql);
        }
    }

    private static String first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static dev.chaostest.postgres.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RestartTest {
    private final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void comesBackWithWhatWasCommittedAndNothingElse(StopMode mode) throws SQLException {
        try (PostgresServer server = installation.start()) {
            long first = server.pid();
            try (Connection open = connect(server);
                    Statement statement = open.createStatement()) {
                statement.execute("CREATE TABLE kept (id int)");
                statement.execute("INSERT INTO kept VALUES (1)");
                open.setAutoCommit(false);
                statement.execute("INSERT INTO kept VALUES (2)");

                server.stop(mode);

                assertThat(server.isRunning()).isFalse();
            }
            assertThat(state(() -> connect(server))).isEqualTo("08001");

            server.start();

            assertThat(server.isRunning()).isTrue();
            assertThat(server.pid()).isNotEqualTo(first);
            assertThat(query(server, "SHOW port")).isEqualTo("" + server.port());
            assertThat(query(server, "SELECT string_agg(id::text, ',') FROM kept"))
                    .isEqualTo("1");
        }
    }

    @ParameterizedTest
    @CsvSource({"FAST, 57P01", "IMMEDIATE, 08006", "CRASH, 08006"})
    void tellsASessionWhatItsModeSays(StopMode mode, String state) throws SQLException {
        try (PostgresServer server = installation.start();
                Connection connection = connect(server)) {
            assertThat(connection.isValid(30)).isTrue();
            server.stop(mode);

            assertThat(state(() -> first(connection, "SELECT 1"))).isEqualTo(state);
        }
    }

    @Test
    void aSecondStopOrStartDoesNothing() throws SQLException {
        try (PostgresServer server = installation.start()) {
            long first = server.pid();
            server.start();
            assertThat(server.pid()).isEqualTo(first);

            server.stop(StopMode.CRASH);
            server.stop(StopMode.FAST);
            assertThat(server.isRunning()).isFalse();

            server.start();
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void aStoppedServerIsClearedAway() throws IOException {
        PostgresServer server = installation.start();
        server.stop(StopMode.CRASH);
        server.close();
        Remains.awaitNothingOf(server.dataDirectory(), "");
        assertThat(server.isRunning()).isFalse();
        assertThatThrownBy(server::start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The server on port " + server.port()
                        + " must be open, but is closed. Stop and start it before the test ends.");
    }

    @Test
    void whatKeepsItFromStartingIsShownAndCanBeUndone() throws IOException, SQLException {
        try (PostgresServer server = installation.start()) {
            server.stop(StopMode.FAST);
            Path broken = server.dataDirectory().resolve("postgresql.auto.conf");
            Files.writeString(broken, "shared_buffers = much\n");

            assertThatThrownBy(server::start)
                    .isInstanceOf(PostgresUnavailableException.class)
                    .hasMessageMatching(
                            "(?s)PostgreSQL must start again in \\S+, but it ended with 1\\. Its log ends with:"
                                    + "\n.*shared_buffers.*\nUndo what keeps it from starting, then start it\\.");
            assertThat(server.isRunning()).isFalse();

            Files.writeString(broken, "");
            server.start();
            assertThat(query(server, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void anotherServerStartsOnACopyOfItsData() throws SQLException {
        try (PostgresServer server = installation.start()) {
            try (Connection connection = connect(server);
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE kept AS SELECT 7 AS id");
            }
            server.stop(StopMode.FAST);

            try (PostgresServer copy =
                    installation.start(ServerData.copyOf(server.dataDirectory()), Map.of("work_mem", "7MB"))) {
                assertThat(query(copy, "SELECT id FROM kept")).isEqualTo("7");
                assertThat(query(copy, "SHOW work_mem")).isEqualTo("7MB");
                assertThat(copy.port()).isNotEqualTo(server.port());
            }
        }
    }

    @Test
    void aPortThatSomebodyHasForAMomentIsWaitedFor() throws Exception {
        try (PostgresServer server = installation.start()) {
            server.stop(StopMode.FAST);
            CompletableFuture<Void> start;
            try (ServerSocket taken =
                    new ServerSocket(server.port(), 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
                start = CompletableFuture.runAsync(server::start);
                await().until(() -> server.logTail().contains("could not bind"));
                assertThat(taken.isBound()).isTrue();
            }
            start.get(60, TimeUnit.SECONDS);
            assertThat(query(server, "SHOW port")).isEqualTo("" + server.port());
        }
    }

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void anInterruptShortensNeitherStopNorStart(StopMode mode) throws SQLException {
        try (PostgresServer server = installation.start()) {
            Thread.currentThread().interrupt();
            server.stop(mode);
            server.start();
            assertThat(Thread.interrupted()).isTrue();

            assertThat(query(server, "SELECT 1")).isEqualTo("1");
            assertThat(ProcessHandle.of(server.pid())).isPresent();
        } finally {
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void aServerThatIsDownIsNotSignalled() {
        try (PostgresServer server = installation.start()) {
            server.stop(StopMode.FAST);
            assertThatThrownBy(() -> server.signal("STOP", server.pid()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Signal STOP must go to a process of the server " + server.pid() + ", but process "
                            + server.pid() + " is none of it. Take a pid that the server shows now.");
            assertThat(server.processes()).isEmpty();
        }
    }

    @Test
    void onlyProcessesOfItsOwnAreSignalled() throws SQLException {
        try (PostgresServer server = installation.start();
                PostgresServer other = installation.start();
                Connection stranger = connect(other)) {
            long backend = Long.parseLong(first(stranger, "SELECT pg_backend_pid()"));

            assertThatThrownBy(() -> server.signal("KILL", backend))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Signal KILL must go to a process of the server " + server.pid() + ", but process "
                            + backend + " is none of it. Take a pid that the server shows now.");
            assertThat(first(stranger, "SELECT 1")).isEqualTo("1");
        }
    }

    private static String state(ThrowingCallable call) {
        return catchThrowableOfType(SQLException.class, call).getSQLState();
    }

    private static Connection connect(PostgresServer server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl());
    }

    private static String query(PostgresServer server, String sql) throws SQLException {
        try (Connection connection = connect(server)) {
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

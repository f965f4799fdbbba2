// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ServerProcessTest {
    private final PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());

    @Test
    void aFrozenBackendAnswersWhenItIsThawed() throws Exception {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        try (PostgresServer server = installation.start();
                Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            ServerProcess backend = new ServerProcess(server, pid(connection));
            assertThat(backend.isAlive()).isTrue();
            backend.freeze();
            Future<Long> answer = executor.submit(() -> pid(connection));
            assertThat(pidOfAnother(server)).as("others go on").isPositive();
            assertThat(answer.isDone()).isFalse();
            backend.thaw();
            assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(backend.pid());
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void whatIsGoneIsNotThawedAndWhatIsNoneOfTheServersIsNotFrozen() throws SQLException {
        try (PostgresServer server = installation.start()) {
            long pid = ProcessHandle.current().pid();
            ServerProcess stranger = new ServerProcess(server, pid);
            assertThat(stranger.isAlive()).isFalse();
            stranger.thaw();
            assertThatThrownBy(stranger::freeze)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Signal STOP must go to a process of the server " + server.pid() + ", but process "
                            + pid + " is none of it. Take a pid that the server shows now.");
            assertThat(new ServerProcess(server, server.pid()).isAlive()).isTrue();
            server.stop(StopMode.FAST);
            assertThat(new ServerProcess(server, server.pid()).isAlive()).isFalse();
        }
    }

    private static long pidOfAnother(PostgresServer server) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl())) {
            return pid(connection);
        }
    }

    private static long pid(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}

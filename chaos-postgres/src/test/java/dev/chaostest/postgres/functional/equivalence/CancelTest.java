// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

@Timeout(120)
class CancelTest {

    private static final String SLEEPS = "wait_event = 'PgSleep'";
    private static final String SLEEP = "SELECT pg_sleep(20)";
    private static final Duration SOON = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(strings = {"extended", "simple"})
    void byAnotherThread(String mode) {
        Both.same(stage -> {
            Connection connection = stage.connect("preferQueryMode", mode);
            try (Statement statement = connection.createStatement()) {
                Callable<Boolean> running = stage.meanwhile(() -> statement.execute(SLEEP));
                stage.await(stage.pid(connection), SLEEPS);
                statement.cancel();
                stage.seen().outcome("cancelled", running);
                stage.seen().done("cancel of nothing", statement::cancel);
                stage.seen().outcome("reused", () -> statement.execute("SELECT 1"));
            }
            connection.setAutoCommit(false);
            stage.run(connection, "SELECT 1");
            Callable<Boolean> running =
                    stage.meanwhile(() -> connection.createStatement().execute(SLEEP));
            stage.await(stage.pid(connection), SLEEPS);
            connection.unwrap(PGConnection.class).cancelQuery();
            stage.seen().outcome("cancelled in a transaction", running);
            stage.run(connection, "SELECT 1");
            connection.rollback();
            stage.run(connection, "SELECT 1");
        });
    }

    @Test
    void byTheQueryTimeout() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                stage.seen().takes("sleep", Duration.ofMillis(950), SOON, () -> statement.execute(SLEEP));
                statement.setQueryTimeout(60);
                stage.seen().outcome("in time", () -> statement.execute("SELECT 1"));
            }
            stage.run(connection, "SET statement_timeout = 1000"); // it must not strike the next SET, either
            stage.run(connection, SLEEP);
            stage.run(connection, "SET statement_timeout = 0");
        });
    }

    @Test
    void byTheServer() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            Connection other = stage.other();
            int pid = stage.pid(connection);
            Callable<Boolean> running =
                    stage.meanwhile(() -> connection.createStatement().execute(SLEEP));
            stage.await(pid, SLEEPS);
            stage.seen().saw("told", WireTestServer.read(other, "SELECT pg_cancel_backend(" + pid + ")"));
            stage.seen().outcome("cancelled", running);
            stage.seen().saw("valid", connection.isValid(30));
            stage.seen().saw("closed", connection.isClosed());
        });
    }

    @Test
    void terminatedWhileItWorksAndWhileItIsIdle() {
        Both.same(stage -> {
            Connection other = stage.other();
            Connection busy = stage.connect();
            int pid = stage.pid(busy);
            Callable<Boolean> running =
                    stage.meanwhile(() -> busy.createStatement().execute(SLEEP));
            stage.await(pid, SLEEPS);
            other.createStatement().execute("SELECT pg_terminate_backend(" + pid + ", 5000)");
            stage.seen().outcome("terminated", running);
            stage.seen().saw("closed", busy.isClosed());
            stage.seen().saw("valid", busy.isValid(1));
            for (boolean auto : new boolean[] {true, false}) {
                Connection idle = stage.connect();
                idle.setAutoCommit(auto);
                stage.run(idle, "SELECT 1");
                other.createStatement().execute("SELECT pg_terminate_backend(" + stage.pid(idle) + ", 5000)");
                stage.run(idle, "SELECT 2");
                stage.seen().saw("closed", idle.isClosed());
                stage.seen().done("rollback", idle::rollback);
                stage.seen().done("close", idle::close);
            }
            Connection asked = stage.connect();
            other.createStatement().execute("SELECT pg_terminate_backend(" + stage.pid(asked) + ", 5000)");
            stage.seen().saw("valid", asked.isValid(1));
            stage.seen().saw("closed", asked.isClosed());
            stage.wire(Stage.Wire.VARIES); // whether the driver can still say good-bye is the system's choice
        });
    }
}

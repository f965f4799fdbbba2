// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TimeoutsTest {

    private static final String SLEEP = "SELECT pg_sleep(20)";
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void networkTimeout() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            Observed seen = stage.seen();
            seen.saw("default", connection.getNetworkTimeout());
            connection.setNetworkTimeout(Runnable::run, 60_000);
            seen.saw("set", connection.getNetworkTimeout());
            stage.run(connection, "SELECT pg_sleep(0.1)");
            connection.setNetworkTimeout(Runnable::run, 300);
            seen.takes(
                    "sleep",
                    Duration.ofMillis(290),
                    SOON,
                    () -> connection.createStatement().execute(SLEEP));
            seen.saw("closed", connection.isClosed());
            seen.done("after it", () -> connection.createStatement().execute("SELECT 1"));
            seen.outcome("valid", () -> connection.isValid(1));
            seen.done("close", connection::close);
        });
    }

    @Test
    void socketTimeoutInATransaction() {
        Both.same(stage -> {
            Connection connection = stage.connect("socketTimeout", "4");
            connection.setAutoCommit(false);
            stage.run(connection, "SELECT 1");
            stage.seen()
                    .takes(
                            "sleep",
                            Duration.ofMillis(3_990),
                            SOON,
                            () -> connection.createStatement().execute(SLEEP));
            stage.seen().saw("closed", connection.isClosed());
            stage.seen().done("rollback", connection::rollback);
        });
    }

    @Test
    void validityHasATimeoutOfItsOwn() {
        Both.same(stage -> {
            Connection connection = stage.connect();
            stage.seen().outcome("negative", () -> connection.isValid(-1));
            stage.seen().outcome("without limit", () -> connection.isValid(0));
            stage.seen().outcome("with one", () -> connection.isValid(30));
            stage.seen().saw("left", connection.getNetworkTimeout());
            connection.setAutoCommit(false);
            stage.run(connection, "SELECT 1");
            stage.seen().outcome("in a transaction", () -> connection.isValid(30));
            stage.run(connection, "SELECT 1 / 0");
            stage.seen().outcome("in a failed one", () -> connection.isValid(30));
            connection.rollback();
            connection.close();
            stage.seen().outcome("closed", () -> connection.isValid(30));
        });
    }

    @Test
    void abortAndCloseFromAnotherThread() {
        Both.same(stage -> {
            for (boolean abort : new boolean[] {true, false}) {
                Connection connection = stage.connect();
                int pid = stage.pid(connection);
                Callable<Boolean> running =
                        stage.meanwhile(() -> connection.createStatement().execute(SLEEP));
                stage.await(pid, "wait_event = 'PgSleep'");
                if (abort) {
                    connection.abort(Runnable::run);
                    stage.seen().saw("closed", connection.isClosed());
                } else {
                    Callable<Boolean> closing = stage.meanwhile(() -> {
                        connection.close();
                        return connection.isClosed();
                    });
                    stage.seen().outcome("closing", closing);
                }
                stage.seen().outcome("running", running);
            }
        });
    }

    @Test
    void interruptOfAPlainThreadEndsNoRead() {
        Both.same(stage -> {
            stage.given("CREATE TABLE held (id int)");
            Connection holder = stage.other();
            holder.setAutoCommit(false);
            holder.createStatement().execute("LOCK TABLE held");
            Connection connection = stage.connect();
            AtomicReference<Thread> reader = new AtomicReference<>();
            Callable<Boolean> running = stage.meanwhile(() -> {
                reader.set(Thread.currentThread());
                connection.createStatement().execute("SELECT FROM held");
                return Thread.currentThread().isInterrupted();
            });
            stage.await(stage.pid(connection), "wait_event_type = 'Lock'");
            reader.get().interrupt();
            holder.commit();
            stage.seen().outcome("still interrupted at the end", running);
            stage.run(connection, "SELECT 1");
        });
    }
}

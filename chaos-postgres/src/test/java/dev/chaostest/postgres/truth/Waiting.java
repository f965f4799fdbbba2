// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.functional.WireTestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A statement that waits on a thread of its own. */
final class Waiting implements AutoCloseable {

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final FutureTask<String> outcome;
    private final Thread thread;

    private Waiting(Callable<String> statement) {
        outcome = new FutureTask<>(statement);
        thread = new Thread(outcome, "waiting");
        thread.setDaemon(true);
        thread.start();
    }

    static Waiting run(Connection connection, String sql) {
        return of(() -> WireTestServer.run(connection, sql));
    }

    static Waiting of(Action action) {
        return new Waiting(() -> {
            try {
                action.run();
                return "done";
            } catch (SQLException e) {
                return String.valueOf(e.getSQLState());
            }
        });
    }

    interface Action {
        void run() throws SQLException;
    }

    void awaitBlocked(int pid) throws SQLException {
        try (Connection direct = WireTestServer.direct()) {
            Patience.await()
                    .until(() -> WireTestServer.read(direct, "SELECT cardinality(pg_blocking_pids(" + pid + ")) > 0")
                            .equals("t"));
        }
    }

    /** How it ended: "done", or an SQLSTATE. */
    String awaitEnd() throws Exception {
        return outcome.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() throws InterruptedException {
        thread.join(DEADLINE.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.Patience.await;
import static dev.chaostest.postgres.server.fault.Victim.ask;
import static dev.chaostest.postgres.server.fault.Victim.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.FaultUnavailableException;
import dev.chaostest.postgres.server.fault.internal.ResourceLimit;
import dev.chaostest.postgres.server.fault.internal.Session;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class BackendFaultsTest {

    @Test
    void aKilledBackendTakesEverySessionWithIt() throws SQLException {
        try (Victim victim = Victim.start();
                Connection killed = victim.connect();
                Connection bystander = victim.connect()) {
            victim.run("CREATE TABLE kept AS SELECT 1 AS id");
            killed.setAutoCommit(false);
            Victim.run(killed, "INSERT INTO kept VALUES (2)");

            try (Injection kill = victim.faults.backend(killed).kill()) {
                assertThat(kill.isActive()).isTrue();
                assertThat(state(() -> ask(killed, "SELECT 1"))).isEqualTo("08006");
                assertThat(state(() -> ask(bystander, "SELECT 1"))).isEqualTo("08006");
            }

            assertThat(victim.ask("SELECT string_agg(id::text, ',') FROM kept")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aTerminatedBackendIsGoneAndOthersStay() throws SQLException {
        try (Victim victim = Victim.start();
                Connection ended = victim.connect();
                Connection bystander = victim.connect()) {
            BackendFaults backend = victim.faults.backend(ended);

            backend.terminate();

            assertThat(state(() -> ask(ended, "SELECT 1"))).isEqualTo("57P01");
            assertThat(ask(bystander, "SELECT 1")).isEqualTo("1");
            assertThatThrownBy(backend::terminate)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Backend " + backend.pid() + " must be a client's session of the server on port "
                            + victim.server.port() + ", but that server has none with this number. Take a connection"
                            + " that is open, and to this server.");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aCancelledStatementFailsAndItsSessionStays() throws SQLException {
        try (Victim victim = Victim.start();
                Connection waiting = victim.connect();
                Connection holder = victim.connect()) {
            Victim.run(holder, "SELECT pg_advisory_lock(1)");
            BackendFaults backend = victim.faults.backend(waiting);
            CompletableFuture<String> seen =
                    CompletableFuture.supplyAsync(() -> state(() -> ask(waiting, "SELECT pg_advisory_lock(1)")));
            await().until(() -> ask(holder, "SELECT pg_blocking_pids(" + backend.pid() + ")")
                            .length()
                    > 2);

            backend.cancel();

            assertThat(seen.join()).isEqualTo("57014");
            assertThat(ask(waiting, "SELECT 1")).isEqualTo("1");
            Victim.run(holder, "SELECT pg_advisory_unlock_all()");
            victim.assertNothingLeft();
        }
    }

    @Test
    void anIdleBackendHasNothingToCancel() throws SQLException {
        try (Victim victim = Victim.start();
                Connection idle = victim.connect()) {
            BackendFaults backend = victim.faults.backend(idle);

            assertThatThrownBy(backend::cancel)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Backend " + backend.pid() + " must run a statement to be cancelled, but it is idle."
                            + " Wait until its statement runs: ask pg_stat_activity, or who waits for whom.");
            assertThat(victim.commands()).isEmpty();
        }
    }

    @Test
    void aFrozenBackendKeepsItsLocksAndDoesNotAnswer() throws SQLException {
        try (Victim victim = Victim.start();
                Connection frozen = victim.connect();
                Connection other = victim.connect()) {
            Victim.run(frozen, "SELECT pg_advisory_lock(1)");
            BackendFaults backend = victim.faults.backend(frozen);
            try (Injection freeze = backend.freeze()) {
                assertThat(freeze.isActive()).isTrue();
                // Only now: on a busy machine all that came before may take longer.
                frozen.setNetworkTimeout(Runnable::run, 1_000);
                assertThat(state(() -> ask(frozen, "SELECT 1"))).isEqualTo("08006");
                assertThat(ask(other, "SELECT pg_try_advisory_lock(1)")).isEqualTo("f");
                assertThatThrownBy(backend::terminate)
                        .hasMessage("Backend " + backend.pid() + " must run to be terminated, but it is frozen."
                                + " Thaw it first, or kill it.");
            }
            // Its client is gone, so it ends when it is thawed, and lets go.
            Victim.run(other, "SELECT pg_advisory_lock(1)", "SELECT pg_advisory_unlock(1)");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aStalledBackendAnswersLate() throws SQLException {
        try (Victim victim = Victim.start();
                Connection slow = victim.connect()) {
            long begun = System.nanoTime();
            Injection stall = victim.faults.backend(slow).stall(Duration.ofMillis(60));
            assertThat(ask(slow, "SELECT 1")).isEqualTo("1");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(59));
            stall.close();
            victim.assertNothingLeft();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aBackendWithoutMemoryFailsAndGoesOn() throws SQLException {
        try (Victim victim = Victim.start();
                Connection poor = victim.connect()) {
            String large = "SELECT length(repeat('x', 50000000))";
            assertThat(ask(poor, large)).isEqualTo("50000000");
            try (Injection limit = victim.faults.backend(poor).outOfMemory()) {
                assertThat(limit.isActive()).isTrue();
                assertThat(state(() -> ask(poor, large))).isEqualTo("53200");
                assertThat(ask(poor, "SELECT 1")).isEqualTo("1");
            }
            assertThat(ask(poor, large)).isEqualTo("50000000");
            victim.assertNothingLeft();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aBackendWithoutFileHandlesFailsAndGoesOn() throws SQLException {
        try (Victim victim = Victim.start();
                Connection poor = victim.connect()) {
            victim.run("CREATE TABLE kept AS SELECT 1 AS id");
            try (Injection limit = victim.faults.backend(poor).outOfFileHandles()) {
                assertThat(limit.isActive()).isTrue();
                assertThat(state(() -> ask(poor, "SELECT id FROM kept"))).isEqualTo("53000");
            }
            assertThat(ask(poor, "SELECT id FROM kept")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatGrowsBeyondTheLimitFails() throws SQLException {
        try (Victim victim = Victim.start();
                Connection poor = victim.connect()) {
            victim.run("CREATE TABLE grown (text text)");
            String grow = "INSERT INTO grown SELECT repeat('x', 1000) FROM generate_series(1, 1000)";
            try (Injection limit = victim.faults.backend(poor).limitFileSize(100_000)) {
                assertThat(limit.isActive()).isTrue();
                assertThat(state(() -> Victim.run(poor, grow))).isEqualTo("XX000");
            }
            assertThat(state(() -> Victim.run(poor, grow))).isEqualTo("success");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aSessionWhoseNumberBelongsToAnotherNowIsRefused() throws SQLException {
        try (Victim victim = Victim.start();
                Connection now = victim.connect()) {
            int pid = victim.faults.backend(now).pid();
            String began = Session.of(victim.server, pid).began();
            Session earlier = new Session(victim.server, pid, "1700000000.5");

            assertThatThrownBy(earlier::require)
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Backend " + pid + " of the server on port " + victim.server.port()
                            + " must be the session that began at 1700000000.5, but that ended, and another began at "
                            + began + " with its number. Take the backend of a connection that is open now.");
        }
    }

    @Test
    void withoutTheCommandThatLimitsItSaysWhatItTakes() throws SQLException {
        try (Victim victim = Victim.start();
                Connection connection = victim.connect()) {
            Session session =
                    Session.of(victim.server, victim.faults.backend(connection).pid());

            assertThatThrownBy(() -> new ResourceLimit(session, "nofile", 5, "no-such-prlimit").require())
                    .isInstanceOf(FaultUnavailableException.class)
                    .hasMessageMatching(
                            "A limit of one process must be set by prlimit, but it ended with -1 and said: .*"
                                    + "no-such-prlimit.*\\. That takes Linux with util-linux, and the server's own user or"
                                    + " root\\.");
        }
    }

    @Test
    void aBackendThatAMountHasSeenIsMet() throws SQLException {
        try (Victim victim = Victim.start();
                WireMount mount = WireMount.twinOf("seen");
                Connection seen = DriverManager.getConnection(victim.server.jdbcUrl(), mount.properties())) {
            victim.faults.backend(mount.backends().get(0)).terminate();

            assertThat(state(() -> ask(seen, "SELECT 1"))).isEqualTo("57P01");
        }
    }

    @Test
    void aClosedConnectionHasNoBackend() throws SQLException {
        try (Victim victim = Victim.start()) {
            Connection closed = victim.connect();
            int pid = victim.faults.backend(closed).pid();
            closed.close();
            await().until(() -> victim.ask("SELECT count(*) FROM pg_stat_activity WHERE pid = " + pid)
                    .equals("0"));

            assertThatThrownBy(() -> victim.faults.backend(closed))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "The connection whose backend is meant must be an open one of pgjdbc's, but is closed or"
                                    + " another: org.postgresql.jdbc.PgConnection. Take its backend while it is open, or hand"
                                    + " over its pid.");
            assertThatThrownBy(() -> victim.faults.backend(pid))
                    .hasMessage("Backend " + pid + " must be a client's session of the server on port "
                            + victim.server.port() + ", but that server has none with this number. Take a connection"
                            + " that is open, and to this server.");
        }
    }

    @Test
    void aBackendOfAnotherServerIsRefused() throws SQLException {
        try (Victim victim = Victim.start();
                Victim other = Victim.start();
                Connection stranger = other.connect()) {
            int pid = other.faults.backend(stranger).pid();

            assertThatThrownBy(() -> victim.faults.backend(stranger))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Backend " + pid + " must be a client's session of the server on port "
                            + victim.server.port() + ", but that server has none with this number. Take a connection"
                            + " that is open, and to this server.");
            assertThat(ask(stranger, "SELECT 1")).isEqualTo("1");
        }
    }
}

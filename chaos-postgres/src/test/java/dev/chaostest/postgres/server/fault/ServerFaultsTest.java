// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault;

import static dev.chaostest.postgres.Patience.await;
import static dev.chaostest.postgres.server.fault.Victim.ask;
import static dev.chaostest.postgres.server.fault.Victim.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.PostgresSupply;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFaultsTest {

    @ParameterizedTest
    @CsvSource({"FAST, 57P01", "IMMEDIATE, 08006", "CRASH, 08006"})
    void aStoppedServerIsDownUntilItIsHealed(StopMode mode, String state) throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            victim.run("CREATE TABLE kept AS SELECT 1 AS id");

            try (Injection down = victim.faults.stop(mode)) {
                assertThat(down.isActive()).isTrue();
                assertThat(state(() -> ask(open, "SELECT 1"))).isEqualTo(state);
                assertThat(state(victim::connect)).isEqualTo("08001");
            }

            assertThat(victim.ask("SELECT id FROM kept")).isEqualTo("1");
            assertThat(victim.commands()).containsExactly("stop the server, " + mode);
            victim.assertNothingLeft();
        }
    }

    @Test
    void aRestartEndsSessionsAndKeepsThePort() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            long before = victim.server.pid();

            victim.faults.restart(StopMode.IMMEDIATE);

            assertThat(victim.server.pid()).isNotEqualTo(before);
            assertThat(state(() -> ask(open, "SELECT 1"))).isEqualTo("08006");
            assertThat(victim.ask("SHOW port")).isEqualTo("" + victim.server.port());
            victim.assertNothingLeft();
        }
    }

    @Test
    void aFrozenPostmasterLetsNewSessionsWaitAndOpenOnesGoOn() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            try (Injection frozen = victim.faults.freeze()) {
                assertThat(frozen.isActive()).isTrue();
                assertThat(ask(open, "SELECT 1")).isEqualTo("1");
                assertThat(state(() -> victim.connect("&socketTimeout=1&connectTimeout=1")))
                        .isEqualTo("08001");
                assertThat(state(() -> victim.connect("&loginTimeout=1"))).isEqualTo("08001");
            }

            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aStallEndsByItself() throws SQLException {
        try (Victim victim = Victim.start()) {
            long begun = System.nanoTime();
            Injection stall = victim.faults.stall(Duration.ofMillis(50));
            try (Connection late = victim.connect()) {
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(49));
                assertThat(ask(late, "SELECT 1")).isEqualTo("1");
            }
            stall.close();

            assertThat(stall.isActive()).isFalse();
            assertThat(victim.commands()).containsExactly("stall the postmaster for 50ms");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aFullLockTableFailsWhoeverNeedsALock() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            victim.run("CREATE TABLE t (id int)");
            try (Injection full = victim.faults.fillLockTable()) {
                assertThat(full.isActive()).isTrue();
                assertThat(state(() -> Victim.run(open, "ALTER TABLE t ADD name text")))
                        .isEqualTo("53200");
                assertThat(state(victim::connect)).isEqualTo("53200");
                assertThat(state(() -> Victim.run(open, "SELECT pg_advisory_lock(7)")))
                        .isEqualTo("53200");
            }
            assertThat(state(() -> Victim.run(open, "INSERT INTO t VALUES (1)")))
                    .isEqualTo("success");
            victim.assertNothingLeft();
        }
    }

    @Test
    void temporaryFilesBeyondTheLimitFail() throws SQLException {
        try (Victim victim = Victim.start();
                Connection open = victim.connect()) {
            Victim.run(open, "SET work_mem = '64kB'");
            String sort = "SELECT count(*) FROM (SELECT g FROM generate_series(1, 100000) g ORDER BY g DESC) s";
            assertThat(ask(open, sort)).isEqualTo("100000");
            try (Injection limit = victim.faults.limitTempFiles(64)) {
                assertThat(limit.isActive()).isTrue();
                assertThat(state(() -> ask(open, sort))).isEqualTo("53400");
            }
            assertThat(victim.ask("SHOW temp_file_limit")).isEqualTo("-1");
            assertThat(ask(open, sort)).isEqualTo("100000");
            victim.assertNothingLeft();
        }
    }

    @Test
    void whatAlterSystemHadSetComesBack() throws SQLException {
        try (Victim victim = Victim.start()) {
            victim.run("ALTER SYSTEM SET temp_file_limit = '7MB'", "SELECT pg_reload_conf()");
            await().until(() -> victim.ask("SHOW temp_file_limit").equals("7MB"));
            try (Injection limit = victim.faults.limitTempFiles(64)) {
                assertThat(limit.isActive()).isTrue();
                assertThat(victim.ask("SHOW temp_file_limit")).isEqualTo("64kB");
            }
            assertThat(victim.ask("SHOW temp_file_limit")).isEqualTo("7MB");
            victim.assertNothingLeft();
        }
    }

    @Test
    void theScopeHealsInReverseOrder() throws SQLException {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            ChaosScope scope = ChaosScope.open("reverse", Plan.of(new Seed(1)));
            ServerFaults faults = ServerFaults.of(scope, server);
            Injection limit = faults.limitTempFiles(0);
            Injection down = faults.stop(StopMode.FAST);

            scope.heal();

            assertThat(limit.isActive()).isFalse();
            assertThat(down.isActive()).isFalse();
            assertThat(server.isRunning()).isTrue();
            assertThatThrownBy(() -> faults.stop(StopMode.FAST))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("\"stop the server, FAST\" must be commanded while scope \"reverse\" is open,"
                            + " but it is healed. Do it earlier, or open a new scope.");
            scope.close();
        }
    }

    @Test
    void aDryRunTouchesNothing() throws SQLException {
        try (Victim victim = Victim.start();
                ChaosScope dry = ChaosScope.openDryRun("dry", Plan.of(new Seed(1)))) {
            Injection down = ServerFaults.of(dry, victim.server).stop(StopMode.CRASH);

            assertThat(down.isActive()).isFalse();
            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            assertThat(dry.ledger().entries())
                    .anySatisfy(entry ->
                            assertThat(entry.toString()).endsWith("noted: would be commanded: stop the server, CRASH"));
        }
    }

    @Test
    void aServerOfTheUsersIsRefused() {
        try (Victim victim = Victim.start();
                PostgresSupply supply = PostgresSupply.ofUrl(
                        victim.server.jdbcUrl(), Optional.empty(), Optional.empty(), key -> Optional.empty())) {
            assertThatThrownBy(() -> ServerFaults.of(victim.scope, supply.shared()))
                    .isInstanceOf(ChaosException.class)
                    .hasMessageMatching(
                            "Faults of a server must meet one that this library started, but this is PostgreSQL \\S+ at"
                                    + " jdbc:postgresql://127.0.0.1:" + victim.server.port() + "/postgres\\S* from The"
                                    + " given JDBC URL\\. Start one with PostgresServer\\.start, or run this test"
                                    + " without that setting\\.");
        }
    }

    @Test
    void lengthsAndLimitsMustMakeSense() {
        try (Victim victim = Victim.start()) {
            assertThatThrownBy(() -> victim.faults.stall(Duration.ZERO))
                    .hasMessage("A stall must be longer than nothing, but was 0us. To freeze until you thaw, use"
                            + " freeze().");
            assertThatThrownBy(() -> victim.faults.limitTempFiles(-1))
                    .hasMessage("The limit of temporary files must be 0 kB or more, but was -1. To have no limit,"
                            + " close the fault.");
            assertThat(victim.commands()).isEmpty();
        }
    }

    @Test
    void aServerThatEndsByItselfIsStartedAgain() throws SQLException {
        try (Victim victim = Victim.start(ServerOptions.ofDefaults().withSetting("restart_after_crash", "off"));
                Connection killed = victim.connect()) {
            try (Injection kill = victim.faults.backend(killed).kill()) {
                assertThat(kill.isActive()).isTrue();
                await().until(() -> !victim.server.isRunning());
                assertThat(state(victim::connect)).isEqualTo("08001");
            }
            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            victim.assertNothingLeft();
        }
    }

    @Test
    void aServerWithFrozenProcessesIsClosed() throws SQLException, IOException {
        Victim victim = Victim.start();
        try (Connection connection = victim.connect()) {
            victim.faults.backend(connection).freeze();
            victim.faults.freeze();

            victim.server.close();
        }
        victim.scope.close();
        assertThat(victim.server.dataDirectory()).doesNotExist();
    }

    @Test
    void aStallGoesByTheTimeOfItsScope() throws Exception {
        VirtualTime time = new VirtualTime();
        try (Victim victim = Victim.start();
                ChaosScope scope = ChaosScope.open("virtual", Plan.of(new Seed(1)), time)) {
            Injection stall = ServerFaults.of(scope, victim.server).stall(Duration.ofHours(1));
            time.advance(Duration.ofMinutes(59));
            assertThat(stall.isActive()).isTrue();

            time.advance(Duration.ofMinutes(1));

            assertThat(victim.ask("SELECT 1")).isEqualTo("1");
            stall.close();
            assertThat(stall.isActive()).isFalse();
        }
    }

    @Test
    void aServerThatIsClosedWhileAFaultIsActiveNeedsNoHealing() {
        Victim victim = Victim.start();
        victim.faults.limitTempFiles(64);
        victim.faults.connections().closeDatabase("template1");
        victim.faults.freeze();

        victim.server.close();
        victim.scope.close();

        assertThat(victim.server.isClosed()).isTrue();
    }
}

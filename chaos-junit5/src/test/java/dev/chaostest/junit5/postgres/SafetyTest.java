// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What keeps a test from hurting what it must not, and from lasting for ever. */
@PostgresTest
class SafetyTest {

    @Test
    void chaosOnAServerThatIsNotOnThisMachineIsRefused(Postgres postgres) {
        Map<String, String> remote = remote(postgres);

        assertThat(Inner.run(HarmfulTestCases.class, remote).message())
                .isEqualTo(
                        "Chaos must run on a server on this machine, or on one that is listed in chaos.allowed-hosts, "
                                + "but host \"192.0.2.1\" is 192.0.2.1. If that server may be broken, set "
                                + "chaos.allowed-hosts=192.0.2.1.");
    }

    @Test
    void aTestWithoutChaosMayUseThatServer(Postgres postgres) {
        assertThat(Inner.run(HarmlessTestCases.class, remote(postgres)).failures())
                .isEmpty();
    }

    @Test
    void butItCanNotInjectAFaultThereEither(Postgres postgres) {
        assertThat(Inner.run(InjectingTestCases.class, remote(postgres)).message())
                .contains("ChaosException: Chaos must run on a server on this machine");
    }

    @PostgresTest
    static class InjectingTestCases {
        @Test
        void injects(ChaosScope scope) {
            scope.inject(Rule.of(SqlTarget.any(), Trigger.nth(1), ServerError.of("40001")));
        }
    }

    @Test
    void itsOwnerMayAllowIt(Postgres postgres) {
        Map<String, String> allowed = new HashMap<>(remote(postgres));
        allowed.put("chaos.allowed-hosts", "192.0.2.1");

        assertThat(Inner.run(HarmfulTestCases.class, allowed).failures()).isEmpty();
    }

    /**
     * The driver connects to the first host, which is here; the second, reserved for documentation, is never asked: not
     * even while the driver remembers that another test could not connect to the first.
     */
    private static Map<String, String> remote(Postgres postgres) {
        return Map.of(
                "chaos.jdbc.url",
                "jdbc:postgresql://127.0.0.1:" + postgres.port()
                        + ",192.0.2.1:5432/postgres?sslmode=disable&hostRecheckSeconds=0",
                "chaos.jdbc.user",
                postgres.user().orElse("postgres"));
    }

    @PostgresTest
    @Tag(ChaosTags.CRASH)
    static class HarmfulTestCases {
        @ChaosTest
        @ChaosDelay(value = "1ms", on = "SELECT")
        void delays(DataSource database) throws SQLException {
            Bank.ask(database, "SELECT 1");
        }
    }

    @PostgresTest
    static class HarmlessTestCases {
        @Test
        void asks(DataSource database) throws SQLException {
            Bank.ask(database, "SELECT 1");
        }
    }

    @Test
    void aTestThatIsParkedInAFaultEndsWithItsTimeOut() {
        long began = System.nanoTime();

        Throwable failure = Inner.run(ParkedTestCases.class).failures().get(0);

        assertThat(Duration.ofNanos(System.nanoTime() - began))
                .isLessThan(Duration.ofMinutes(10)); // the fault lasts an hour
        assertThat(failure)
                .hasCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("TimeoutException: isParked(")
                .hasMessageContaining("fault    : delay of 3600s before the effect")
                .hasMessageContaining("-Dchaos.replay=c2:");
    }

    @PostgresTest
    @Tag(ChaosTags.CRASH)
    static class ParkedTestCases {
        @ChaosTest
        @Timeout(4)
        @ChaosDelay(value = "1h", on = "SELECT")
        void isParked(DataSource database) throws SQLException {
            Bank.ask(database, "SELECT 1");
        }
    }

    @Test
    void aTimeOutTooShortForAMarginStillHasOne(Postgres postgres) {
        Map<String, String> withoutJUnits = Map.of("junit.jupiter.execution.timeout.mode", "disabled");
        assertThat(Inner.run(ShortTestCases.class, withoutJUnits).failures()).isEmpty();
        assertThat(postgres.majorVersion()).isPositive();
    }

    @PostgresTest
    static class ShortTestCases {
        @Test
        @Timeout(1)
        void hasHalfOfIt(DataSource database) throws SQLException {
            assertThat(Bank.ask(database, "SHOW statement_timeout")).isEqualTo("500ms");
        }
    }

    @Test
    void jUnitsOwnConfigurationBeatsOurDefault() {
        Inner inner = Inner.run(
                ConfiguredTestCases.class, Map.of("junit.jupiter.execution.timeout.testable.method.default", "60 s"));

        assertThat(inner.failures()).isEmpty();
    }

    @PostgresTest
    static class ConfiguredTestCases {
        @Test
        void theDatabaseKnowsIt(DataSource database) throws SQLException {
            assertThat(Bank.ask(database, "SHOW statement_timeout")).isEqualTo("57500ms");
        }
    }

    @Test
    void aFailureInAfterEachHasTheReportToo() {
        assertThat(Inner.run(AfterEachTestCases.class).message())
                .startsWith("SafetyTest$AfterEachTestCases.green: money is gone")
                .contains("fault    : server error 40001")
                .contains("-Dchaos.replay=c2:");
    }

    @PostgresTest
    static class AfterEachTestCases {
        @Test
        @ChaosFailure(sqlState = "40001", on = "SELECT")
        void green(DataSource database) {
            assertThatThrownBy(() -> Bank.ask(database, "SELECT 1")).isInstanceOf(SQLException.class);
        }

        @AfterEach
        void checksTheMoney() {
            throw new AssertionError("money is gone");
        }
    }

    @Test
    void whatCanNotBeKeptDoesNotHideWhyTheTestFailed() {
        assertThat(Inner.run(ClosingTestCases.class).message())
                .startsWith("SafetyTest$ClosingTestCases.closes: the real reason")
                .contains("not kept : Schema \"chaos_");
    }

    @PostgresTest
    static class ClosingTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void closes(TestSchema schema) {
            schema.close();
            throw new AssertionError("the real reason");
        }
    }

    @Test
    void aConnectionThatIsLeftOpenIsClosedAndMakesTheTestRed(DataSource database, Postgres postgres)
            throws SQLException {
        Map<String, String> here = Map.of(
                "chaos.jdbc.url",
                postgres.jdbcUrl(),
                "chaos.jdbc.user",
                postgres.user().orElseThrow());

        assertThat(Inner.run(LeakingTestCases.class, here).message())
                .startsWith(
                        "SafetyTest$LeakingTestCases.leaks: ChaosException: \"SafetyTest$LeakingTestCases.leaks\" must leave "
                                + "nothing on the server, but left an open transaction. End what it began.\n  left     : an "
                                + "open transaction (pid ")
                .contains(", connection opened by SafetyTest$LeakingTestCases.leaks:")
                .contains("ExclusiveLock on advisory 4711")
                .contains("\n  faults   : none were planned\n");
        Awaitility.await()
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(60))
                .until(() -> Bank.ask(database, "SELECT pg_try_advisory_lock_shared(4711)")
                        .equals("t"));
    }

    @PostgresTest
    static class LeakingTestCases {
        /** Held, or the driver closes it when the garbage collector comes by, and its lock is not told. */
        private static Connection leaked;

        @Test
        @IsolatedSchema("bank.sql")
        void leaks(DataSource database) throws SQLException {
            leaked = database.getConnection();
            leaked.setAutoCommit(false);
            Bank.ask(leaked, "SELECT pg_advisory_lock(4711)");
            Bank.add(leaked, 1, 1);
        }
    }
}

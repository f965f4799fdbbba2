// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.Injection;
import dev.chaostest.junit5.Inner;
import dev.chaostest.plan.FaultUnavailableException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.server.fault.ServerFaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@PostgresTest
@DisabledIfEnvironmentVariable(
        named = "CHAOS_JDBC_URL",
        matches = ".+",
        disabledReason = "it is about servers that this library starts, and the suite runs on one of the user's")
class ServerFaultsParameterTest {

    @Test
    void theServerOfATestCrashesAndComesBack() {
        assertThat(Inner.run(CrashTestCases.class).failures()).isEmpty();
    }

    @PostgresTest
    static class CrashTestCases {
        @Test
        @IsolatedSchema("bank.sql")
        void itIsHealedByHand(ServerFaults faults, DataSource bank) throws SQLException {
            try (Injection down = faults.stop(StopMode.CRASH)) {
                assertThat(down.isActive()).isTrue();
                assertThatThrownBy(bank::getConnection)
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("08001"));
            }
            assertThat(Bank.balances(bank)).containsExactly(1000, 1000);
        }

        @Test
        @IsolatedSchema("bank.sql")
        void itIsHealedByItsScope(ServerFaults faults, PostgresServer server) {
            faults.stop(StopMode.CRASH);
            assertThat(server.isRunning()).isFalse();
        }

        @Test
        @IsolatedSchema("bank.sql")
        void aBackendIsKilledUnderAPool(ServerFaults faults, HikariDataSource pool) throws SQLException {
            try (Connection connection = pool.getConnection();
                    Injection kill = faults.backend(connection).kill()) {
                assertThat(kill.isActive()).isTrue();
                assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("08006"));
            }
        }

        @Test
        void aConnectionOfTheTestIsTerminated(ServerFaults faults, Connection connection) {
            faults.backend(connection).terminate();
            assertThatThrownBy(() -> connection.createStatement().execute("SELECT 1"))
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57P01"));
        }
    }

    @Test
    void aRedTestWhoseServerStandsStillIsReportedAndHealed() {
        Inner inner = Inner.run(RedTestCases.class);

        assertThat(inner.failures())
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("red on purpose"));
    }

    @PostgresTest
    static class RedTestCases {
        @Test
        void whileItIsFrozen(ServerFaults faults, DataSource bank) {
            faults.freeze();
            throw new AssertionError("red on purpose");
        }

        @Test
        void whileItIsDown(ServerFaults faults, DataSource bank) {
            faults.stop(StopMode.CRASH);
            throw new AssertionError("red on purpose");
        }
    }

    @Test
    void onlyAServerOfTheTestsOwnIsMet() {
        assertThat(Inner.run(SharedTestCases.class).message())
                .contains("A ServerFaults parameter of ServerFaultsParameterTest$SharedTestCases.isNeverRun must meet a"
                        + " server of the test's own, but the test has none. Make it a parameter of the test method, too,"
                        + " or add @OwnServer.");
    }

    @PostgresTest
    static class SharedTestCases {
        @BeforeEach
        void before(ServerFaults faults) {
            faults.restart(StopMode.FAST);
        }

        @Test
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aFaultThatThisMachineCannotHaveAbortsTheTest() {
        Inner inner = Inner.run(UnavailableTestCases.class);

        assertThat(inner.failures()).isEmpty();
        assertThat(inner.aborted())
                .singleElement()
                .satisfies(thrown -> assertThat(thrown).hasMessage("A disk must be there. That takes a disk."));
    }

    @Test
    void orFailsItWhereThatIsAskedFor() {
        Inner inner = Inner.run(UnavailableTestCases.class, Map.of("chaos.requires", "fail"));

        assertThat(inner.aborted()).isEmpty();
        assertThat(inner.message()).contains("A disk must be there. That takes a disk.");
    }

    @PostgresTest
    static class UnavailableTestCases {
        @Test
        void needsMoreThanThereIs() {
            throw new FaultUnavailableException("A disk must be there. That takes a disk.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.Inner;
import dev.chaostest.postgres.Postgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
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
    void itsOwnerMayAllowIt(Postgres postgres) {
        Map<String, String> allowed = new HashMap<>(remote(postgres));
        allowed.put("chaos.allowed-hosts", "192.0.2.1");

        assertThat(Inner.run(HarmfulTestCases.class, allowed).failures()).isEmpty();
    }

    /** The driver connects to the first host, which is here; the second, reserved for documentation, is never asked. */
    private static Map<String, String> remote(Postgres postgres) {
        return Map.of(
                "chaos.jdbc.url",
                "jdbc:postgresql://127.0.0.1:" + postgres.port() + ",192.0.2.1:5432/postgres?sslmode=disable",
                "chaos.jdbc.user",
                postgres.user().orElse("postgres"));
    }

    @PostgresTest
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

        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
        assertThat(failure).isInstanceOf(TimeoutException.class);
        assertThat(failure.getSuppressed())
                .anySatisfy(thrown -> assertThat(thrown)
                        .hasMessageContaining("fault    : delay of 3600s before the effect")
                        .hasMessageContaining("-Dchaos.replay=c1:"));
    }

    @PostgresTest
    static class ParkedTestCases {
        @ChaosTest
        @Timeout(value = 700, unit = TimeUnit.MILLISECONDS)
        @ChaosDelay(value = "1h", on = "SELECT")
        void isParked(DataSource database) throws SQLException {
            Bank.ask(database, "SELECT 1");
        }
    }
}

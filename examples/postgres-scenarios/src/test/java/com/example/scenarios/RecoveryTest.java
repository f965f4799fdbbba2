// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.Injection;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.server.fault.ServerFaults;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Servers that die, stand still, fill up, and come back. */
@PostgresTest
@IsolatedSchema("shop.sql")
@Tag(ChaosTags.CRASH)
class RecoveryTest {

    private static final String INSERT = "INSERT INTO entry (branch, message) VALUES ('main', 'x')";
    private static final String ENTRIES = "SELECT count(*) FROM entry";

    @ParameterizedTest
    @EnumSource(StopMode.class)
    void whatWasAcknowledgedSurvivesEveryEndOfTheServer(StopMode mode, ServerFaults faults, DataSource shop)
            throws SQLException {
        run(shop, INSERT);
        try (Connection open = shop.getConnection()) {
            open.setAutoCommit(false);
            run(open, INSERT);
            faults.restart(mode);
            assertThat(state(open::commit)).isEqualTo(mode == StopMode.FAST ? "57P01" : "08006");
        }

        assertThat(number(shop, ENTRIES)).as("one committed, one open").isEqualTo(1);
    }

    @ChaosTest
    void idsAfterACrashAreStillOnesOfTheirOwn(ServerFaults faults, DataSource shop) throws SQLException {
        for (int i = 0; i < 3; i++) {
            run(shop, INSERT);
            faults.restart(StopMode.CRASH);
        }
        run(shop, INSERT);

        assertThat(number(shop, "SELECT count(DISTINCT id) FROM entry")).isEqualTo(4);
    }

    @ChaosTest
    void aPoolIsUsableAgainAfterEachOfItsDeadConnectionsFailedOnce(ServerFaults faults, HikariDataSource shop)
            throws SQLException {
        run(shop, INSERT);
        faults.restart(StopMode.CRASH);

        int failures = 0;
        while (!state(() -> run(shop, INSERT)).isEmpty()) {
            assertThat(++failures).isLessThanOrEqualTo(shop.getMaximumPoolSize());
        }
        assertThat(number(shop, ENTRIES)).isEqualTo(2);
    }

    @ChaosTest
    void aServerThatIsDownRefusesAndComesBack(ServerFaults faults, DataSource shop) throws SQLException {
        try (Injection down = faults.stop(StopMode.FAST)) {
            assertThat(down.isActive()).isTrue();
            assertThat(state(() -> run(shop, INSERT))).isEqualTo("08001");
        }

        assertThat(run(shop, INSERT)).isEqualTo(1);
    }

    @ChaosTest
    void aServerWithoutRoomForConnectionsSaysSo(ServerFaults faults, DataSource shop) throws SQLException {
        try (Injection full = faults.connections().exhaust()) {
            assertThat(full.isActive()).isTrue();
            assertThat(state(() -> run(shop, INSERT))).isEqualTo("53300");
        }

        assertThat(run(shop, INSERT)).isEqualTo(1);
    }

    @ChaosTest
    void aSessionWithoutMemoryFailsAndGoesOn(ServerFaults faults, DataSource shop) throws SQLException {
        try (Connection session = shop.getConnection()) {
            try (Injection poor = faults.backend(session).outOfMemory()) {
                assertThat(poor.isActive()).isTrue();
                assertThat(state(() -> number(session, "SELECT length(repeat('x', 200000000))")))
                        .isEqualTo("53200");
            }
            assertThat(number(session, "SELECT 1")).isEqualTo(1);
        }
    }
}

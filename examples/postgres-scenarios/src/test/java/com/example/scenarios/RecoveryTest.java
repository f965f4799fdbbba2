// SPDX-License-Identifier: Apache-2.0
package com.example.scenarios;

import static com.example.scenarios.Sql.number;
import static com.example.scenarios.Sql.run;
import static com.example.scenarios.Sql.state;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.junit5.ChaosTags;
import dev.chaostest.junit5.ChaosTest;
import dev.chaostest.junit5.postgres.IsolatedSchema;
import dev.chaostest.junit5.postgres.PostgresTest;
import dev.chaostest.postgres.Postgres;
import dev.chaostest.postgres.isolation.TestSchema;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerDisk;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.server.fault.ServerFaults;
import java.sql.Connection;
import java.sql.DriverManager;
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
    private static final String MANY_LINES = "INSERT INTO log SELECT repeat('x', 1000) FROM generate_series(1, 20000)";
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

    @ChaosTest
    void aFullDiskRefusesRowsAndKeepsWhatWasThere(ChaosScope scope) throws SQLException {
        PostgresServer server = scope.own(
                "the small server",
                PostgresServer.start(ServerOptions.ofDefaults().withDisk(ServerDisk.TABLESPACE, 8 << 20)));
        try (Connection session = DriverManager.getConnection(server.jdbcUrl())) {
            run(session, "CREATE TABLESPACE small LOCATION '" + server.tablespaceLocation() + "'");
            run(session, "CREATE TABLE log TABLESPACE small AS SELECT repeat('x', 1000) AS line");
            try (Injection full = ServerFaults.of(scope, server).fill(ServerDisk.TABLESPACE)) {
                assertThat(full.isActive()).isTrue();
                assertThat(state(() -> run(session, MANY_LINES))).isEqualTo("53100");
            }
            assertThat(number(session, "SELECT count(*) FROM log")).isEqualTo(1);
        }
    }

    @ChaosTest
    void aCorruptPageIsNoticedAndMended(ServerFaults faults, Postgres server, DataSource shop, TestSchema schema)
            throws SQLException {
        assumeThat(number(shop, "SELECT (current_setting('data_checksums') = 'on')::int"))
                .isEqualTo(1);
        try (Injection corrupt = faults.storage(server.database()).corrupt(schema.qualify("account"), 0)) {
            assertThat(corrupt.isActive()).isTrue();
            assertThat(state(() -> number(shop, "SELECT sum(balance) FROM account")))
                    .isEqualTo("XX001");
        }

        assertThat(number(shop, "SELECT sum(balance) FROM account")).isEqualTo(3000);
    }
}

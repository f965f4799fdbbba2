// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Reach;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.pool.ConnectionGroup;
import dev.chaostest.postgres.pool.ConnectionStorm;
import dev.chaostest.postgres.pool.DriverSettings;
import dev.chaostest.postgres.pool.HeldConnections;
import dev.chaostest.postgres.pool.NoConnection;
import dev.chaostest.postgres.pool.PoolExhauster;
import dev.chaostest.postgres.pool.PoolMount;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A server with so few connections that they run out. */
@Execution(ExecutionMode.SAME_THREAD)
class SmallServerTest {

    private static PostgresServer server;
    private static DataSource unpooled;

    @BeforeAll
    static void start() throws SQLException {
        server = PostgresServer.start(ServerOptions.ofDefaults()
                .withSetting("max_connections", "8")
                .withSetting("superuser_reserved_connections", "3")
                .withSetting("max_wal_senders", "0"));
        unpooled = DriverSettings.of(server.jdbcUrl(), "postgres", null).unpooled();
        try (var connection = unpooled.getConnection()) {
            WireTestServer.run(connection, "CREATE ROLE app LOGIN");
        }
    }

    /** A backend frees its place a moment after its client has gone, and each test counts all of them. */
    @BeforeEach
    void allPlacesAreFree() {
        Patience.await().until(() -> server.processes().stream().noneMatch(SmallServerTest::isSession));
    }

    /** By the name that it gives itself, where the system shows it: {@code postgres: postgres postgres 127.0.0.1(40614) idle}. */
    private static boolean isSession(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/cmdline")).contains("127.0.0.1(");
        } catch (IOException gone) {
            return false;
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aGroupBiggerThanTheServerIsRefusedAtOnce() {
        assertThatThrownBy(() -> ConnectionGroup.open(unpooled, 6))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(
                        "A group of 6 connections must fit into the server, but of its 5 connections \\d are used "
                                + "by others\\. Make the group smaller, or raise max_connections\\.");
        ConnectionGroup.open(unpooled, 2).close();
    }

    @Test
    void tooManyClientsIsWhatHikaricpThrowsWhenTheServerIsFull() {
        try (PoolFixture fixture = new PoolFixture(server.jdbcUrl(), 1, Duration.ofSeconds(1))) {
            SQLException ours;
            Rule full = Rule.of(PoolMount.acquire(), Trigger.always(), NoConnection.refused("53300"));
            try (ChaosScope scope = fixture.arm(full)) {
                ours = catchThrowableOfType(SQLException.class, fixture.pool()::getConnection);
                scope.verify();
            }
            SQLException real = whenFull(fixture);

            NoConnectionTest.assertSame(ours, real);
            assertThat(ours.getSQLState()).isEqualTo("53300");
        }
    }

    @Test
    void everyPlaceOfTheServerIsTakenAndOthersSeeTooManyConnections() throws SQLException {
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7)));
                HeldConnections held = PoolExhauster.ofServer(server).hold(scope)) {
            assertThat(held.report().acquired()).isEqualTo(8);
            assertThat(held.report().peak()).isEqualTo(8);
            assertThat(held.report().refusedBy()).isEqualTo(Map.of("53300", 1L));
            assertThat(catchThrowableOfType(SQLException.class, unpooled::getConnection)
                            .getSQLState())
                    .isEqualTo("53300");
            assertThat(scope.ledger().entries(LedgerEntry.Commanded.class))
                    .singleElement()
                    .extracting(LedgerEntry.Commanded::reach)
                    .isEqualTo(Reach.SERVER);

            held.close();
            unpooled.getConnection().close();
        }
    }

    @Test
    void stormTakesWhatThereIsAndTheRestIsRefused() throws SQLException {
        try (ChaosScope scope = ChaosScope.open("test", Plan.of(new Seed(7)));
                HeldConnections storm = ConnectionStorm.ofServer(server).open(scope, 30, 2_000)) {
            assertThat(storm.report().peak()).isEqualTo(8);
            assertThat(storm.report().refusedBy()).isEqualTo(Map.of("53300", 22L));
        }
        unpooled.getConnection().close();
    }

    private static SQLException whenFull(PoolFixture fixture) {
        DataSource plain = DriverSettings.of(server.jdbcUrl(), "postgres", null)
                .withProperties(Map.of("ApplicationName", "filler"))
                .unpooled();
        try (ConnectionGroup some = ConnectionGroup.open(plain, 4);
                Filler rest = Filler.fill(plain)) {
            assertThat(some.size() + rest.count()).isEqualTo(8);
            return catchThrowableOfType(SQLException.class, fixture.plain()::getConnection);
        }
    }

    /** Connections until the server says no. */
    private record Filler(List<Connection> all) implements AutoCloseable {

        static Filler fill(DataSource source) {
            List<Connection> all = new ArrayList<>();
            try {
                while (all.size() < 20) {
                    all.add(source.getConnection());
                }
            } catch (SQLException full) {
                assertThat(full.getSQLState()).isEqualTo("53300");
            }
            return new Filler(all);
        }

        int count() {
            return all.size();
        }

        @Override
        public void close() {
            for (Connection each : all) {
                try {
                    each.close();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }
}

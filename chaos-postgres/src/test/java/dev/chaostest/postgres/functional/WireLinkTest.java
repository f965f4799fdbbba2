// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.Patience.await;
import static dev.chaostest.postgres.functional.ClientCalls.assertEnds;
import static dev.chaostest.postgres.functional.ClientCalls.assertState;
import static dev.chaostest.postgres.functional.ClientCalls.parked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.FilteredSocket;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireTarget;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The wire seam before any client: here a driver that knows nothing of it. */
@Timeout(120)
class WireLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI SERVER = URI.create(TestServer.url().substring("jdbc:".length()));

    private final ChaosScope scope = ChaosScope.open("link", Plan.of(new Seed(1)));
    private WireLink link;

    @BeforeEach
    void open() {
        link = WireLink.open(scope, "bank", new InetSocketAddress(SERVER.getHost(), SERVER.getPort()));
    }

    @AfterEach
    void close() {
        scope.close();
        assertThat(link.link().residue()).isEmpty();
    }

    private Connection connect(String... settings) throws SQLException {
        var properties = WireTestServer.login();
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + link.port() + SERVER.getPath(), properties);
    }

    private void plan(Target target, Fault fault) {
        scope.inject(Rule.of(target, Trigger.nth(1), fault));
    }

    @Test
    void idleLinkChangesNothing() throws SQLException {
        try (Connection connection = connect()) {
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            assertThat(link.wire().backends()).hasSize(1);
            assertThat(link.link().connections()).isEqualTo(1);
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void statementFailsAsTheServerWouldFailIt() throws SQLException {
        plan(SqlTarget.on("SELECT"), ServerError.of("40001"));
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            assertState("40001", () -> WireTestServer.read(connection, "SELECT 5"));
            assertState("25P02", () -> WireTestServer.read(connection, "SELECT 6"));
            connection.rollback();
            assertThat(WireTestServer.read(connection, "SELECT 5")).isEqualTo("5");
        }
        assertThat(scope.fired()).hasSize(1);
        assertThat(scope.fired().get(0).hit()).hasToString("sql:SELECT ?, 1st on lane connection-1");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void replyOfACommitIsLostAndTheCommitIsNot() throws SQLException {
        try (WireFixture bank = new WireFixture()) {
            String account = bank.schema() + ".account";
            plan(SqlTarget.on("COMMIT"), new Cut(When.AFTER));
            try (Connection connection = connect()) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, "UPDATE " + account + " SET balance = 7 WHERE id = 1");
                assertState("08006", connection::commit);
            }
            assertThat(bank.balance(1)).isEqualTo(7);
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void refusedConnectLooksLikeAFullServer() {
        plan(SqlTarget.on("connect"), ServerError.of("53300"));
        assertState("53300", this::connect);
        assertThat(scope.unfulfilled()).isEmpty();
    }

    /** While the network is down, a client hears nothing; only its own time-out ends that. Repaired, it can go on. */
    @Test
    void partitionEndsByTheClientsTimeoutAndIsRepaired() throws SQLException {
        try (Connection connection = connect("socketTimeout", "1", "connectTimeout", "1")) {
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            link.link().partition().during(() -> {
                assertState("08006", () -> WireTestServer.read(connection, "SELECT 2"));
                assertState("08001", () -> connect("socketTimeout", "1", "loginTimeout", "1"));
            });
        }
        try (Connection connection = connect("socketTimeout", "30")) {
            assertThat(WireTestServer.read(connection, "SELECT 3")).isEqualTo("3");
        }
        assertThat(scope.ledger().entries(LedgerEntry.Noted.class))
                .extracting(LedgerEntry.Noted::text)
                .contains("link bank partitioned", "link bank repaired");
    }

    /** Each answer is later by the latency, whatever its size; taken away, all is as before. */
    @Test
    void everyRoundTripIsLateByTheLatency() throws SQLException {
        try (Connection connection = connect()) {
            for (int step = 1; step <= 3; step++) {
                Duration latency = Duration.ofMillis(10L * step);
                link.link().during(Latency.of(latency), () -> {
                    long begin = System.nanoTime();
                    assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
                    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(latency);
                });
            }
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
        assertThat(scope.fired()).hasSize(3);
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void toxicsStrikeWhatTheSeamLetsThrough() throws SQLException {
        plan(SqlTarget.on("SELECT"), Delay.of(Duration.ofMillis(20)));
        plan(LinkTarget.toServer("bank"), Latency.of(Duration.ofMillis(30)));
        try (Connection connection = connect()) {
            long begin = System.nanoTime();
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(50));
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void cancelRequestIsASiteOnTheLaneOfWhatItCancels() throws Exception {
        plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
        scope.inject(Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), Delay.of(Duration.ofMillis(5))));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            FutureTask<?> call = parked(scope, () -> statement.execute("SELECT 1"));
            statement.cancel();
            assertEnds("57014", call);
        }
        assertThat(scope.fired()).hasSize(2);
        assertThat(scope.fired().get(1).hit()).hasToString("wire:CancelRequest, 1st on lane connection-1");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void cancelRequestThatComesAnotherWayFindsItsSession() throws Exception {
        try (WireMount inProcess = WireMount.twinOf("bank");
                Socket socket = new FilteredSocket(inProcess.newFilter(), System::nanoTime)) {
            socket.connect(link.link().server());
            RawClient client = new RawClient(socket);
            scope.arm(inProcess.mount());
            plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
            FutureTask<String> call = parked(scope, () -> client.query("SELECT 1"));
            client.cancelAt(link.address());
            assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("57014");
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void hangIsFreedByTheHealing() throws Exception {
        plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
        try (Connection connection = connect()) {
            FutureTask<?> call = parked(scope, () -> WireTestServer.read(connection, "SELECT 1"));
            scope.heal();
            call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void statementWhoseClientGaveUpNeverReachesTheServer() throws Exception {
        try (WireFixture bank = new WireFixture()) {
            String account = bank.schema() + ".account";
            plan(SqlTarget.on("UPDATE account"), new Hang(When.BEFORE));
            try (Connection connection = connect("socketTimeout", "1")) {
                assertState(
                        "08006",
                        () -> WireTestServer.run(connection, "UPDATE " + account + " SET balance = 7 WHERE id = 1"));
            }
            await().until(() -> answers().contains("hung until the connection ended"));
            scope.heal();
            assertThat(bank.balance(1)).isEqualTo(1000);
        }
    }

    @Test
    void ruleThatTheSeamCanNotCarryOutIsRefused() {
        Rule impossible = Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), Latency.of(Duration.ofMillis(1)));
        assertThatThrownBy(() -> scope.inject(impossible))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("A fault on the wire of link bank must be one of ");
    }

    private List<String> answers() {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }
}

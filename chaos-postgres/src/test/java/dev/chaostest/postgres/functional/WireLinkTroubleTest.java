// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.ClientCalls.assertState;
import static dev.chaostest.postgres.functional.ClientCalls.parked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users do to a link that it must bear. */
@Timeout(120)
class WireLinkTroubleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI SERVER = URI.create(TestServer.url().substring("jdbc:".length()));

    private final ChaosScope scope = ChaosScope.open("trouble", Plan.of(new Seed(1)));

    @AfterEach
    void close() {
        scope.close();
    }

    private static InetSocketAddress server() {
        return new InetSocketAddress(SERVER.getHost(), SERVER.getPort());
    }

    private static Connection connect(WireLink link) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + link.port() + "/postgres", WireTestServer.login());
    }

    private static String read(WireLink link, String sql) throws SQLException {
        try (Connection connection = connect(link)) {
            return WireTestServer.read(connection, sql);
        }
    }

    @Test
    void linkThatIsOpenBeforeItsServerRunsLeadsToItOnceItDoes() throws SQLException {
        try (PostgresServer late = PostgresServer.start(ServerOptions.ofDefaults())) {
            late.stop(StopMode.FAST);
            WireLink link = WireLink.open(scope, "early", new InetSocketAddress(late.host(), late.port()));
            assertState("08001", () -> connect(link));
            late.start();
            assertThat(read(link, "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void serverThatIsRestartedBehindTheLinkEndsConnectionsAsWithoutIt() throws SQLException {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults())) {
            WireLink link = WireLink.open(scope, "own", new InetSocketAddress(server.host(), server.port()));
            try (Connection connection = connect(link)) {
                server.stop(StopMode.FAST);
                server.start();
                assertThatThrownBy(() -> WireTestServer.read(connection, "SELECT 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isIn("57P01", "08006"));
            }
            // What the dead connection said last may still be on its way, and is an arrival, too.
            await().atMost(PATIENCE).until(() -> link.link().connections() == 0);
            scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(1), ServerError.of("40001")));
            assertState("40001", () -> read(link, "SELECT 2"));
            assertThat(read(link, "SELECT 3")).isEqualTo("3");
        }
    }

    @Test
    void twoLinksToOneServerHaveEachTheirOwn() throws SQLException {
        WireLink one = WireLink.open(scope, "one", server());
        WireLink two = WireLink.open(scope, "two", server());
        try (Connection first = connect(one);
                Connection second = connect(two)) {
            one.link().hold();
            assertThat(WireTestServer.read(second, "SELECT 1")).isEqualTo("1");
            one.link().release();
            assertThat(WireTestServer.read(first, "SELECT 1")).isEqualTo("1");
            scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(2), new Cut(When.BEFORE)));
            assertThat(WireTestServer.read(first, "SELECT 2")).isEqualTo("2");
            assertState("08006", () -> WireTestServer.read(second, "SELECT 2"));
        }
        assertThat(one.wire().sessions()).hasSize(1);
        assertThat(two.wire().sessions()).hasSize(1);
        scope.verify();
    }

    @Test
    void linkThatIsClosedInTheMiddleEndsItsClientsAndLeavesNothing() throws Exception {
        WireLink link = WireLink.open(scope, "bank", server());
        scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(1), new Hang(When.BEFORE)));
        try (Connection connection = connect(link)) {
            FutureTask<String> call = parked(scope, () -> WireTestServer.read(connection, "SELECT 1"));
            link.close();
            link.close();
            assertThatThrownBy(() -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(SQLException.class);
        }
        assertThat(link.link().residue()).isEmpty();
        assertState("08001", () -> connect(link));
    }

    @Test
    void thousandsOfShortConnectionsLeaveNothing() throws Exception {
        WireLink link = WireLink.open(scope, "bank", server());
        read(link, "SELECT 1");
        long before = descriptors();
        for (int i = 0; i < 2_000; i++) {
            try (Socket client = new Socket(link.address().getAddress(), link.port())) {
                client.setSoTimeout((int) PATIENCE.toMillis());
                if (i % 2 == 0) {
                    send(client, 8, 80877103);
                    assertThat(client.getInputStream().read()).isIn((int) 'N', (int) 'S');
                }
            }
        }
        await().atMost(PATIENCE).until(() -> link.link().connections() == 0);
        await().atMost(PATIENCE).until(() -> threads("chaos-link-bank-") <= 1);
        await().atMost(PATIENCE).until(() -> descriptors() < before + 200);
        assertThat(read(link, "SELECT 1")).isEqualTo("1");
        await().atMost(PATIENCE).until(() -> link.wire().backends().isEmpty());
    }

    /** A client that has said its last and still reads is one that has left, in this protocol; its server is told. */
    @Test
    void halfClosedClientsEnd() throws Exception {
        WireLink link = WireLink.open(scope, "bank", server());
        try (Socket client = new Socket(link.address().getAddress(), link.port())) {
            client.setSoTimeout((int) PATIENCE.toMillis());
            startup(client);
            client.shutdownOutput();
            while (client.getInputStream().read() >= 0) {}
        }
        try (Socket silent = new Socket(link.address().getAddress(), link.port())) {
            silent.setSoTimeout((int) PATIENCE.toMillis());
            silent.shutdownOutput();
            assertThat(silent.getInputStream().read()).isEqualTo(-1);
        }
        await().atMost(PATIENCE).until(() -> link.link().connections() == 0);
        await().atMost(PATIENCE).until(() -> link.wire().backends().isEmpty());
    }

    private static void send(Socket client, int... numbers) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        client.getOutputStream().write(bytes.array());
    }

    private static void startup(Socket client) throws IOException {
        byte[] who = "user\0postgres\0database\0postgres\0\0".getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer message =
                ByteBuffer.allocate(8 + who.length).putInt(8 + who.length).putInt(3 << 16);
        client.getOutputStream().write(message.put(who).array());
    }

    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(prefix))
                .count();
    }

    private static long descriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }
}

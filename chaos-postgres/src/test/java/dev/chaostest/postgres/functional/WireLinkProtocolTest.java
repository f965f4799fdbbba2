// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.ClientCalls.assertState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.Outage;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.TestServer;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireTarget;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/** What the protocol has beside queries, through a link on which a scope is armed. */
@Timeout(120)
class WireLinkProtocolTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI SERVER = URI.create(TestServer.url().substring("jdbc:".length()));
    private static final int GSS_REQUEST = 80877104;
    private static final int SSL_REQUEST = 80877103;

    private final ChaosScope scope = ChaosScope.open("protocol", Plan.of(new Seed(1)));
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

    private static Connection connect(WireLink link, String... settings) throws SQLException {
        Properties properties = WireTestServer.login();
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + link.port() + SERVER.getPath(), properties);
    }

    /** A slot of the test's own, and what it will stream. */
    private static final class Changes implements AutoCloseable {
        private final String slot = "link_" + UUID.randomUUID().toString().replace("-", "");
        private final Connection direct = WireTestServer.direct();

        Changes() throws SQLException {
            WireTestServer.run(direct, "SELECT pg_create_logical_replication_slot('" + slot + "', 'test_decoding')");
            WireTestServer.run(direct, "CREATE TABLE " + slot + " (id int PRIMARY KEY, text text)");
            for (int i = 1; i <= 3; i++) {
                WireTestServer.run(
                        direct,
                        "INSERT INTO " + slot + " SELECT n, repeat(chr(8364), n * 100) FROM generate_series(" + i * 100
                                + ", " + (i * 100 + 20) + ") n");
            }
            WireTestServer.run(direct, "DELETE FROM " + slot + " WHERE id < 110");
        }

        /** As the server itself shows them: at least those that were made here. */
        List<String> expected() throws SQLException {
            List<String> all = new ArrayList<>();
            try (Statement statement = direct.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT data FROM pg_logical_slot_peek_changes('" + slot
                            + "', NULL, NULL, 'include-xids', 'false')")) {
                while (rows.next()) {
                    all.add(rows.getString(1));
                }
            }
            return all;
        }

        PGReplicationStream stream(Connection walsender) throws SQLException {
            return walsender
                    .unwrap(PGConnection.class)
                    .getReplicationAPI()
                    .replicationStream()
                    .logical()
                    .withSlotName(slot)
                    .withSlotOption("include-xids", false)
                    .start();
        }

        @Override
        public void close() throws SQLException {
            try (direct) {
                await().atMost(PATIENCE)
                        .until(() -> WireTestServer.read(
                                        direct,
                                        "SELECT active FROM pg_replication_slots WHERE slot_name = '" + slot + "'")
                                .equals("f"));
                WireTestServer.run(direct, "SELECT pg_drop_replication_slot('" + slot + "')");
                WireTestServer.run(direct, "DROP TABLE " + slot);
            }
        }
    }

    private Connection walsender() throws SQLException {
        return connect(link, "replication", "database", "preferQueryMode", "simple", "assumeMinServerVersion", "15");
    }

    private static String next(PGReplicationStream stream) throws SQLException {
        return StandardCharsets.UTF_8.decode(stream.read()).toString();
    }

    @Test
    void changesOfALogicalSlotArriveByteForByte() throws SQLException {
        try (Changes changes = new Changes()) {
            List<String> all = changes.expected();
            try (Connection walsender = walsender()) {
                PGReplicationStream stream = changes.stream(walsender);
                for (String expected : all) {
                    assertThat(next(stream)).isEqualTo(expected);
                }
                stream.setAppliedLSN(stream.getLastReceiveLSN());
                stream.setFlushedLSN(stream.getLastReceiveLSN());
                stream.forceUpdateStatus();
                stream.close();
                assertThat(WireTestServer.read(walsender, "SHOW server_encoding"))
                        .isEqualTo("UTF8");
            }
        }
        assertThat(scope.fired()).isEmpty();
    }

    @Test
    void cutAmidAReplicationStreamStrikesAtItsMessage() throws SQLException {
        try (Changes changes = new Changes()) {
            List<String> all = changes.expected();
            List<String> seen = new ArrayList<>();
            scope.inject(Rule.of(WireTarget.message("CopyData from server"), Trigger.nth(20), new Cut(When.BEFORE)));
            try (Connection walsender = walsender()) {
                PGReplicationStream stream = changes.stream(walsender);
                assertState("08006", () -> {
                    while (true) {
                        seen.add(next(stream));
                    }
                });
            }
            assertThat(scope.fired())
                    .singleElement()
                    .satisfies(fired -> assertThat(fired.hit().site().name()).startsWith("CopyData from server"));
            assertThat(seen).hasSizeLessThan(20); // keep-alives are messages, too
            assertThat(all).startsWith(seen.toArray(String[]::new));
        }
        scope.verify();
    }

    @Test
    void encryptionByGssIsTheServersToRefuseAndTlsThenToo() throws Exception {
        try (Socket client = client()) {
            send(client, 8, GSS_REQUEST);
            assertThat(client.getInputStream().read()).isEqualTo('N');
            send(client, 8, SSL_REQUEST);
            assertThat(client.getInputStream().read()).isEqualTo('N');
            scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(1), ServerError.of("40001")));
            startup(client);
            RawMessages in = new RawMessages(new DataInputStream(client.getInputStream()));
            in.until('Z');
            query(client, "SELECT 1");
            assertThat(text(in.until('E'))).contains("C40001");
            in.until('Z');
            query(client, "SELECT 1");
            in.until('D');
            in.until('Z');
        }
        scope.verify();
    }

    /** Three questions in one write, the second of which fails; the answers come in their order. */
    @Test
    void pipelinedQueriesAreAnsweredInOrder() throws Exception {
        scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(2), ServerError.of("40001")));
        try (Socket client = client()) {
            startup(client);
            RawMessages in = new RawMessages(new DataInputStream(client.getInputStream()));
            in.until('Z');
            ByteArrayOutputStream together = new ByteArrayOutputStream();
            for (String sql : List.of("SELECT 11", "SELECT 22", "SELECT 33")) {
                together.write(message(sql));
            }
            client.getOutputStream().write(together.toByteArray());
            assertThat(text(in.until('D'))).endsWith("11");
            in.until('Z');
            assertThat(text(in.until('E'))).contains("C40001");
            in.until('Z');
            assertThat(text(in.until('D'))).endsWith("33");
            in.until('Z');
        }
        scope.verify();
    }

    @Test
    void batchOfADriverFailsWhereItIsHit() throws SQLException {
        scope.inject(Rule.of(SqlTarget.on("INSERT"), Trigger.nth(2), ServerError.of("40001")));
        try (Connection connection = connect(link);
                Statement batch = connection.createStatement()) {
            WireTestServer.run(connection, "CREATE TEMPORARY TABLE t (n int)");
            connection.setAutoCommit(false);
            for (int n = 1; n <= 3; n++) {
                batch.addBatch("INSERT INTO t VALUES (" + n + ")");
            }
            assertState("40001", batch::executeBatch);
            connection.rollback();
            assertThat(WireTestServer.read(connection, "SELECT count(*) FROM t"))
                    .isEqualTo("0");
        }
        scope.verify();
    }

    @Test
    void cancelThatNoRuleIsAboutReachesTheServer() throws SQLException {
        scope.inject(Rule.of(SqlTarget.on("COMMIT"), Trigger.nth(1), new Cut(When.AFTER)));
        try (Connection connection = connect(link);
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(1);
            assertState("57014", () -> statement.execute("SELECT pg_sleep(60)"));
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
    }

    /** As a container has it. */
    @Test
    void serverAtAnotherAddressOfThisMachineIsReached() throws Exception {
        reachedAt(own(address -> !(address instanceof Inet6Address)), "an address of its own");
    }

    @Test
    void serverAtAnAddressOfTheSixthVersionIsReached() throws Exception {
        reachedAt(own(Inet6Address.class::isInstance), "an IPv6 address");
    }

    @Test
    void serverOnTheLoopbackOfTheSixthVersionIsReached() throws Exception {
        byte[] bytes = new byte[16];
        bytes[15] = 1;
        InetAddress loopback = InetAddress.getByAddress(bytes);
        boolean has = NetworkInterface.getByInetAddress(loopback) != null;
        reachedAt(has ? Optional.of(loopback) : Optional.empty(), "IPv6");
    }

    private void reachedAt(Optional<InetAddress> address, String what) throws Exception {
        assumeThat(address).as("this machine has " + what).isPresent();
        try (Doorway there = new Doorway(address.orElseThrow(), link.link().server())) {
            WireLink other = WireLink.open(scope, "other", there.address());
            scope.inject(Rule.of(SqlTarget.on("SELECT"), Trigger.nth(2), ServerError.of("40001")));
            try (Connection connection = connect(other)) {
                assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
                assertState("40001", () -> WireTestServer.read(connection, "SELECT 2"));
            }
            try (Outage cut = other.link().cut()) {
                assertState("08001", () -> connect(other));
            }
            assertThat(there.accepted()).isEqualTo(1);
        }
        scope.verify();
    }

    private static Optional<InetAddress> own(Predicate<InetAddress> kind) throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                .filter(kind)
                .findFirst();
    }

    private Socket client() throws IOException {
        Socket client = new Socket(link.address().getAddress(), link.port());
        client.setSoTimeout((int) PATIENCE.toMillis());
        return client;
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.ISO_8859_1);
    }

    private record RawMessages(DataInputStream in) {
        byte[] until(char type) throws IOException {
            while (true) {
                int next = in.readUnsignedByte();
                byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
                if (next == type) {
                    return body;
                }
            }
        }
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

    private static void query(Socket client, String sql) throws IOException {
        client.getOutputStream().write(message(sql));
    }

    private static byte[] message(String sql) {
        byte[] text = (sql + "\0").getBytes(StandardCharsets.ISO_8859_1);
        return ByteBuffer.allocate(5 + text.length)
                .put((byte) 'Q')
                .putInt(4 + text.length)
                .put(text)
                .array();
    }
}

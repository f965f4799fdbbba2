// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.Patience.await;
import static dev.chaostest.postgres.functional.ClientCalls.assertEnds;
import static dev.chaostest.postgres.functional.ClientCalls.assertState;
import static dev.chaostest.postgres.functional.ClientCalls.parked;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.LedgerEntry;
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
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireTarget;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that insists on TLS: the seam above it looks inside, the link lets it pass and says so. */
@Timeout(120)
class AboveTlsTest {

    private static final int DIRECT_TLS = 17;

    @TempDir
    private static Path directory;

    private static TlsServer server;

    private final WireMount wire = WireMount.twinOf("tls");
    private final ChaosScope scope = ChaosScope.open("tls", Plan.of(new Seed(1)));

    @BeforeAll
    static void start() throws Exception {
        server = TlsServer.start(directory);
        try (Connection connection =
                DriverManager.getConnection(server.url(), server.trusting(new Properties(), "verify-full"))) {
            WireTestServer.run(connection, "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
            WireTestServer.run(connection, "INSERT INTO account SELECT n, 1000 FROM generate_series(1, 9) n");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        scope.close();
        assertThat(wire.leftOpen()).isEmpty();
        wire.close();
    }

    private Connection connect(String... settings) throws SQLException {
        return connect(server.url(), server.trusting(wire.propertiesAboveTls(), "verify-full"), settings);
    }

    private static Connection connect(String url, Properties properties, String... settings) throws SQLException {
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection(url, properties);
    }

    private static Connection plainOf(Properties all, String... settings) throws SQLException {
        return connect(WireTestServer.url(), all, settings);
    }

    private void plan(Target target, Fault fault) {
        scope.inject(Rule.of(target, Trigger.nth(1), fault));
    }

    @Test
    void serverRefusesWhatIsPlain() {
        assertState("28000", () -> connect(server.url(), server.trusting(new Properties(), "disable")));
    }

    @Test
    void statementFailsThoughItIsEncrypted() throws SQLException {
        scope.arm(wire.mount());
        plan(SqlTarget.on("UPDATE account"), ServerError.of("40001"));
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            assertThat(WireTestServer.read(connection, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
                    .isEqualTo("t");
            assertState("40001", () -> WireTestServer.run(connection, "UPDATE account SET balance = 1"));
            connection.rollback();
            assertThat(wire.backends()).hasSize(1);
            assertThat(wire.sessions()).hasSize(1);
        }
        assertThat(scope.fired().get(0).caller()).contains("WireTestServer.run");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void replyOfACommitIsLostAndTheCommitIsNot() throws SQLException {
        scope.arm(wire.mount());
        plan(SqlTarget.on("COMMIT"), new Cut(When.AFTER));
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "UPDATE account SET balance = 7 WHERE id = 2");
            assertState("08006", connection::commit);
        }
        try (Connection connection = connect()) {
            assertThat(WireTestServer.read(connection, "SELECT balance FROM account WHERE id = 2"))
                    .isEqualTo("7");
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void delaysGoOnWhenTheyAreDue() throws SQLException {
        scope.arm(wire.mount());
        plan(SqlTarget.on("SELECT account"), Delay.of(Duration.ofMillis(60)));
        scope.inject(Rule.of(
                SqlTarget.on("SELECT account"),
                Trigger.nth(1),
                new Delay(Duration.ofMillis(40), Duration.ofMillis(40), When.AFTER)));
        try (Connection connection = connect()) {
            long begin = System.nanoTime();
            assertThat(WireTestServer.read(connection, "SELECT sum(length(repeat('x', 20000))) FROM account"))
                    .isEqualTo("180000");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void cancelFindsWhatItIsAbout() throws Exception {
        scope.arm(wire.mount());
        plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
        scope.inject(Rule.of(WireTarget.cancelRequest(), Trigger.nth(1), Delay.of(Duration.ofMillis(5))));
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            FutureTask<?> call = parked(scope, () -> statement.execute("SELECT 1"));
            statement.cancel();
            assertEnds("57014", call);
            assertThat(WireTestServer.read(connection, "SELECT 2")).isEqualTo("2");
        }
        assertThat(scope.fired().get(1).hit()).hasToString("wire:CancelRequest, 1st on lane connection-1");
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void cancelReachesTheServer() throws Exception {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                Connection witness = connect()) {
            FutureTask<?> call = new FutureTask<>(() -> statement.execute("SELECT pg_sleep(60)"));
            Thread caller = new Thread(call, "caller");
            caller.setDaemon(true);
            caller.start();
            await().until(() -> WireTestServer.read(
                            witness, "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
                    .equals("1"));
            statement.cancel();
            assertEnds("57014", call);
        }
    }

    @Test
    void closingFreesWhoWaits() throws Exception {
        scope.arm(wire.mount());
        plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
        Connection connection = connect();
        FutureTask<?> call = parked(scope, () -> WireTestServer.read(connection, "SELECT 1"));
        connection.abort(Runnable::run);
        assertEnds("08006", call);
    }

    @Test
    void checksOfTheDriverHold() throws Exception {
        Path stranger = TlsServer.certificate(directory, "stranger");
        assertState("08006", () -> connect("sslrootcert", stranger.toString()));
        assertState(
                "08006",
                () -> connect(
                        server.url().replace("localhost", "127.0.0.1"), // not what the certificate is for
                        server.trusting(wire.propertiesAboveTls(), "verify-full")));
    }

    @Test
    void sessionThatTurnsOutToBePlainIsSeenToo() throws SQLException {
        scope.arm(wire.mount());
        plan(SqlTarget.on("SELECT"), ServerError.of("40001"));
        try (Connection connection = plainOf(wire.propertiesAboveTls(), "sslmode", "prefer", "user", "postgres")) {
            assertState("40001", () -> WireTestServer.read(connection, "SELECT 1"));
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void tlsThatDoesNotAskIsSeenToo() throws SQLException {
        assumeThat(server.majorVersion()).as("direct TLS came with 17").isGreaterThanOrEqualTo(DIRECT_TLS);
        scope.arm(wire.mount());
        plan(SqlTarget.on("SELECT"), ServerError.of("40001"));
        try (Connection connection = connect("sslNegotiation", "direct")) {
            assertState("40001", () -> WireTestServer.read(connection, "SELECT 1"));
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void missingKeyIsNamed() {
        assertThatThrownBy(() -> connect("sslfactoryarg", ""))
                .hasRootCauseMessage("sslfactoryarg must be the key of a wire mount, but is missing. "
                        + "Set it to a name of the DataSource, for example sslfactoryarg=bank.");
    }

    private WireLink link() {
        return WireLink.open(scope, "bank", server.address());
    }

    private static Connection through(WireLink link, String... settings) throws SQLException {
        return connect(server.url(link.port()), server.trusting(new Properties(), "verify-full"), settings);
    }

    @Test
    void linkLetsTlsPassUntouched() throws SQLException {
        WireLink link = link();
        try (Connection connection = through(link)) {
            assertThat(WireTestServer.read(connection, "SELECT sum(length(repeat('x', 200000))) FROM account"))
                    .isEqualTo("1800000");
            assertThat(link.wire().backends()).isEmpty();
        }
        assertThat(scope.unfulfilled()).isEmpty();
    }

    @Test
    void linkSaysAtOnceThatARuleCanNotLookInside() throws SQLException {
        WireLink link = link();
        Rule rule = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        scope.inject(rule);
        try (Connection connection = through(link)) {
            assertThat(scope.unfulfilled()).contains(blind(rule));
            WireTestServer.run(connection, "UPDATE account SET balance = balance");
        }
        assertThat(scope.unfulfilled()).contains(blind(rule));
        assertThatThrownBy(scope::verify).hasMessageContaining(blind(rule));
    }

    @Test
    void linkSaysSoOfARuleThatComesLater() throws SQLException {
        WireLink link = link();
        Rule rule = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        try (Connection connection = through(link)) {
            assertThat(connection.isValid(30)).isTrue();
            scope.inject(rule);
            assertThat(scope.unfulfilled()).contains(blind(rule));
        }
    }

    @Test
    void linkOnlyNotesWhatMayMiss() throws SQLException {
        WireLink link = link();
        Rule rule = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"))
                .mayMiss();
        scope.inject(rule);
        try (Connection connection = through(link)) {
            assertThat(connection.isValid(30)).isTrue();
        }
        assertThat(scope.unfulfilled()).isEmpty();
        assertThat(notes()).contains(blind(rule));
    }

    @Test
    void linkSaysSoOfTlsThatDoesNotAsk() throws SQLException {
        assumeThat(server.majorVersion()).as("direct TLS came with 17").isGreaterThanOrEqualTo(DIRECT_TLS);
        WireLink link = link();
        Rule rule = Rule.of(SqlTarget.on("UPDATE account"), Trigger.nth(1), ServerError.of("40001"));
        scope.inject(rule);
        try (Connection connection = through(link, "sslNegotiation", "direct")) {
            assertThat(WireTestServer.read(connection, "SELECT 1")).isEqualTo("1");
        }
        assertThat(scope.unfulfilled()).contains(blind(rule));
    }

    private static String blind(Rule rule) {
        return "planned was " + rule
                + ", but a client of the wire of link bank encrypts, so that nobody can look inside. Have "
                + "it connect without: sslmode=disable and gssencmode=disable for libpq, sslmode=disable and "
                + "gssEncMode=disable for JDBC. Where the server insists on TLS, use JDBC with the properties of "
                + "WireMount.propertiesAboveTls, which look inside.";
    }

    private List<String> notes() {
        return scope.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(LedgerEntry.Noted::text)
                .toList();
    }
}

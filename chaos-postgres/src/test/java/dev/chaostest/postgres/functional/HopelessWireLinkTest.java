// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static dev.chaostest.postgres.functional.ClientCalls.assertState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.chaostest.ChaosScope;
import dev.chaostest.FindingError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.link.toxic.LinkTarget;
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
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Swallow;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients of a link before a PostgreSQL that would wait for ever: here a driver that knows nothing of it. */
@Timeout(60)
class HopelessWireLinkTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final URI SERVER = URI.create(TestServer.url().substring("jdbc:".length()));

    private final ChaosScope scope = ChaosScope.open("hopeless", Plan.of(new Seed(1)));
    private WireLink link;

    @BeforeEach
    void open() {
        scope.round().linkPatience().limit(Duration.ofMillis(90));
        link = WireLink.open(scope, "bank", new InetSocketAddress(SERVER.getHost(), SERVER.getPort()));
    }

    @AfterEach
    void close() {
        scope.close();
        assertThat(link.link().residue()).isEmpty();
    }

    private Connection connect(String... settings) throws SQLException {
        Properties endless = WireTestServer.login();
        endless.setProperty("socketTimeout", "0");
        return connect(endless, settings);
    }

    private Connection connect(Properties properties, String... settings) throws SQLException {
        for (int i = 0; i < settings.length; i += 2) {
            properties.setProperty(settings[i], settings[i + 1]);
        }
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + link.port() + SERVER.getPath(), properties);
    }

    private void plan(Target target, Fault fault) {
        scope.inject(Rule.of(target, Trigger.nth(1), fault));
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void hangOfAClientWithoutTimeoutIsEndedAndFound(When when) throws SQLException {
        try (Connection connection = connect()) {
            plan(SqlTarget.on("SELECT"), new Hang(when));
            assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
        }
        assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                .extracting(LedgerEntry.Answered::answer)
                .containsExactly("hung until the connection was ended, since nothing else would");
        isFound("there was a hang at sql:SELECT ?");
    }

    @Test
    void clientBehindAPartitionIsEndedAndFound() throws SQLException {
        try (Connection connection = connect()) {
            link.link().partition();
            assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
        }
        isFound("the link was partitioned");
    }

    @Test
    void clientThatConnectsThroughAPartitionIsEndedAndFound() {
        link.link().partition();
        assertState("08001", this::connect);
        isFound("the link was partitioned");
    }

    @Test
    void clientBehindABlackHoleIsEndedAndFound() throws SQLException {
        try (Connection connection = connect()) {
            scope.inject(Rule.of(LinkTarget.toClient("bank"), Trigger.always(), BlackHole.forEver()));
            assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
        }
        isFound("there was a black hole at link:bank toClient");
    }

    static Stream<Arguments> losses() {
        return Stream.of(
                Arguments.of("ReadyForQuery", new Swallow()),
                Arguments.of("Execute", DropRest.fromIt()),
                Arguments.of("DataRow of SELECT ?", DropRest.behindIt()));
    }

    @ParameterizedTest
    @MethodSource("losses")
    void clientThatWaitsForWhatWasLostIsEndedAndFound(String site, Fault loss) throws SQLException {
        try (Connection connection = connect()) {
            plan(WireTarget.message(site.replaceFirst(" .*", "")), loss);
            assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
        }
        isFound("there was a hang at wire:" + site);
    }

    /** The first half of the answer has arrived, so the bytes alone don't tell that more is waited for. */
    @Test
    void clientWhoseAnswerIsHeldHalfWayIsEndedAndFound() throws SQLException {
        try (Connection connection = connect();
                Statement rows = connection.createStatement()) {
            plan(WireTarget.message("CommandComplete"), new Hang(When.BEFORE));
            assertState("08006", () -> rows.executeQuery("SELECT generate_series(1, 100000)"));
        }
        isFound("there was a hang at wire:CommandComplete");
    }

    @Test
    void socketTimeoutOfTheClientIsLeftToEndIt() throws SQLException {
        scope.round().linkPatience().limit(Duration.ofMinutes(1));
        try (Connection connection = connect("socketTimeout", "1")) {
            link.link().partition();
            assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
        }
        scope.verify();
    }

    @Test
    void queryTimeoutOfTheClientIsLeftToEndIt() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            plan(SqlTarget.on("SELECT"), new Hang(When.BEFORE));
            statement.setQueryTimeout(1);
            assertState("57014", () -> statement.execute("SELECT 5"));
        }
        scope.verify();
    }

    @Test
    void loginTimeoutOfTheClientIsLeftToEndIt() {
        link.link().partition();
        assertState("08001", () -> connect("loginTimeout", "1"));
        scope.verify();
    }

    /** Its DataSource is a mount, too: so its time-out is known, and ends the wait however short the limit is. */
    @Test
    void knownTimeoutOfADataSourceBehindTheLinkDecides() throws SQLException {
        try (WireMount mount = WireMount.twinOf("bank")) {
            Properties properties = WireTestServer.login();
            properties.putAll(mount.properties());
            try (Connection connection = connect(properties, "socketTimeout", "1")) {
                link.link().partition();
                assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
            }
            scope.verify();
            link.link().repair();
            try (Connection connection = connect(properties, "socketTimeout", "0")) {
                link.link().partition();
                assertState("08006", () -> WireTestServer.read(connection, "SELECT 5"));
            }
            isFound("the link was partitioned");
        }
    }

    @Test
    void idleConnectionIsNotFound() throws SQLException {
        try (Connection idle = connect();
                Connection busy = connect()) {
            String pid = WireTestServer.read(idle, "SELECT pg_backend_pid()");
            link.link().hold();
            try (Connection admin = WireTestServer.direct()) {
                WireTestServer.run(admin, "SELECT pg_terminate_backend(" + pid + ", 30000)");
            }
            assertState("08006", () -> WireTestServer.read(busy, "SELECT 2"));
            await().atMost(PATIENCE).until(() -> link.link().connections() == 1);
        }
        isFound("the link was held");
    }

    @Test
    void delayIsLeftToEnd() throws SQLException {
        try (Connection connection = connect()) {
            plan(SqlTarget.on("SELECT"), Delay.of(Duration.ofMillis(400)));
            assertThat(WireTestServer.read(connection, "SELECT 5")).isEqualTo("5");
        }
        scope.verify();
    }

    @Test
    void slowStatementBehindAFaultThatHoldsNothingIsLeftToEnd() throws SQLException {
        try (Connection connection = connect()) {
            plan(WireTarget.message("DataRow"), new Hang(When.BEFORE));
            WireTestServer.run(connection, "DO 'BEGIN PERFORM pg_sleep(0.4); END'");
            assertThat(scope.fired()).isEmpty();
            assertThat(scope.round().findings()).isEmpty();
        }
    }

    private void isFound(String fault) {
        await().atMost(PATIENCE).until(() -> !scope.round().findings().isEmpty());
        assertThatThrownBy(scope::verify)
                .isInstanceOf(FindingError.class)
                .hasMessage(
                        "A client of link bank must give up when no answer comes, but one waited longer than 90ms while "
                                + fault
                                + ", so its connection was ended. Set its time-out for reads above the longest statement: "
                                + "socketTimeout=30 (seconds) for pgjdbc, the setting of its own for another client; or give the code a "
                                + "time-out that frees it.");
    }
}

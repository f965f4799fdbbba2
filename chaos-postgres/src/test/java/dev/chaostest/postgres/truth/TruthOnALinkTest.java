// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ChaosScope;
import dev.chaostest.link.toxic.BlackHole;
import dev.chaostest.link.toxic.Latency;
import dev.chaostest.link.toxic.LimitData;
import dev.chaostest.link.toxic.LinkTarget;
import dev.chaostest.link.toxic.Toxic;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.postgres.functional.WireFixture;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.wire.WireLink;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The server's answer passes the seam, and is lost or late on the rest of the way. */
@Timeout(60)
class TruthOnALinkTest {

    private WireFixture bank;
    private ChaosScope scope;
    private WireLink link;
    private Truth truth;

    @BeforeEach
    void open() throws SQLException {
        bank = new WireFixture();
        scope = ChaosScope.open("truth", Plan.of(new Seed(7)));
        URI server = URI.create(WireTestServer.url().substring("jdbc:".length()));
        link = WireLink.open(scope, "bank", new InetSocketAddress(server.getHost(), server.getPort()));
        truth = Truth.of(link.wire(), new Direct());
    }

    @AfterEach
    void close() throws SQLException {
        truth.close();
        scope.close();
        bank.close();
    }

    private Connection connect(String socketTimeout) throws SQLException {
        URI server = URI.create(WireTestServer.url().substring("jdbc:".length()));
        Properties properties = WireTestServer.login();
        properties.setProperty("sslmode", "disable");
        properties.setProperty("currentSchema", bank.schema());
        properties.setProperty("socketTimeout", socketTimeout);
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + link.port() + server.getPath(), properties);
    }

    private void inject(Toxic toxic) {
        scope.inject(Rule.of(LinkTarget.toClient("bank"), Trigger.nth(1), toxic));
    }

    static Stream<Arguments> toxics() {
        return Stream.of(true, false)
                .flatMap(autoCommit -> Stream.of(
                        Arguments.of(autoCommit, new LimitData(3)),
                        Arguments.of(autoCommit, BlackHole.forEver()),
                        Arguments.of(autoCommit, Latency.of(Duration.ofSeconds(20)))));
    }

    @ParameterizedTest
    @MethodSource("toxics")
    void aClientThatGaveUpBeforeTheAnswerCameHasNotHeardIt(boolean autoCommit, Toxic toxic) throws SQLException {
        try (Connection connection = connect("1")) {
            connection.setAutoCommit(autoCommit);
            if (autoCommit) {
                WireTestServer.read(connection, "SELECT 1");
                inject(toxic);
                TruthFixture.assertState(
                        () -> WireTestServer.run(connection, "DELETE FROM account WHERE id = 1"), "08006");
            } else {
                WireTestServer.run(connection, "DELETE FROM account WHERE id = 1");
                inject(toxic);
                TruthFixture.assertState(connection::commit, "08006");
            }
        }
        List<TransactionOutcome> ghosts = Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> truth.ghosts(), found -> !found.isEmpty());
        assertThat(ghosts)
                .singleElement()
                .satisfies(ghost -> assertThat(ghost.number()).isPresent());
    }

    @Test
    void aClientThatWaitedHasHeardIt() throws SQLException {
        try (Connection connection = connect("30")) {
            connection.setAutoCommit(false);
            WireTestServer.run(connection, "DELETE FROM account WHERE id = 1");
            inject(Latency.of(Duration.ofMillis(5)));
            connection.commit();
            WireTestServer.run(connection, "DELETE FROM account WHERE id = 2");
            connection.commit();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> link.link().connections() == 0);
        assertThat(truth.outcomes()).isEmpty();
    }
}

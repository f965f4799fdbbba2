// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.WireLink;
import dev.chaostest.postgres.wire.WireTarget;
import dev.chaostest.postgres.wire.message.CancelOnServer;
import dev.chaostest.postgres.wire.message.CorruptByte;
import dev.chaostest.postgres.wire.message.DropRest;
import dev.chaostest.postgres.wire.message.Slice;
import dev.chaostest.postgres.wire.message.Swallow;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Faults at messages on the other mount: a port that any client may connect to. */
@Timeout(120)
class MessageLinkTest {

    private static final String ROWS = "SELECT generate_series(1, 9)";

    @Test
    void messagesComeLateInPiecesAndWrong() throws SQLException {
        try (ChaosScope scope = scope(
                        at("Execute", 1, Delay.of(Duration.ofMillis(20))),
                        at("RowDescription", 1, Slice.of(1)),
                        at("DataRow", 2, CorruptByte.ofBody(7)),
                        at("DataRow", 3, new Swallow()));
                Connection connection = connect(scope)) {
            List<String> rows = read(connection, "SELECT n::text FROM generate_series(1, 4) n");
            assertThat(rows).hasSize(3).startsWith("1").endsWith("4");
            assertThat(rows.get(1)).isNotEqualTo("2");
            assertThat(answers(scope))
                    .containsExactlyInAnyOrder("after 20ms", "in pieces", "one bit wrong", "swallowed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReadyForQuery", "Sync"})
    void aClientThatWaitsForWhatWasSwallowedIsFreedByTheHeal(String message) throws Exception {
        isFreedByTheHeal(message, new Swallow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"CommandComplete", "Execute"})
    void aClientThatWaitsForWhatWasDroppedIsFreedByTheHeal(String message) throws Exception {
        isFreedByTheHeal(message, DropRest.fromIt());
    }

    private static void isFreedByTheHeal(String message, Fault fault) throws Exception {
        try (ChaosScope scope = scope();
                Connection connection = connect(scope)) {
            FutureTask<?> call;
            try (Injection active = scope.inject(at(message, 1, fault))) {
                call = parked(scope, () -> read(connection, ROWS));
                assertThat(active.isActive()).isTrue();
            }
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08006"));
        }
    }

    @Test
    void aHeldMessageGoesOnWhenItIsReleased() throws Exception {
        try (ChaosScope scope = scope();
                Connection connection = connect(scope)) {
            FutureTask<?> call;
            try (Injection active = scope.inject(at("DataRow", 3, new Hang(When.BEFORE)))) {
                call = parked(scope, () -> assertThat(read(connection, ROWS)).hasSize(9));
                assertThat(active.isActive()).isTrue();
                assertThat(call.isDone()).isFalse();
            }
            call.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void theServerCancels() throws SQLException {
        try (ChaosScope scope = scope(at("DataRow", 3, new CancelOnServer()));
                Connection connection = connect(scope)) {
            connection.setAutoCommit(false);
            MessageTest.assertFails(() -> read(connection, ROWS), "57014");
            MessageTest.assertFails(() -> read(connection, ROWS), "25P02");
            assertThat(answers(scope)).containsExactly("57014");
        }
    }

    @Test
    void theServerReallyCancelsALargeResult() throws SQLException {
        try (ChaosScope scope = scope(at("DataRow", 3, new CancelOnServer()));
                Connection connection = connect(scope)) {
            MessageTest.assertFails(
                    () -> read(connection, "SELECT n, repeat('x', 1000) FROM generate_series(1, 400000) AS n"),
                    "57014");
            assertThat(scope.ledger().entries(LedgerEntry.Answered.class))
                    .singleElement()
                    .satisfies(answered -> assertThat(answered.cause()).isEqualTo(LedgerEntry.Cause.REAL));
            assertThat(read(connection, ROWS)).hasSize(9);
        }
    }

    @Test
    void aConnectionBreaks() throws SQLException {
        try (ChaosScope scope = scope(at("DataRow", 3, Cut.reset(When.BEFORE)));
                Connection connection = connect(scope)) {
            MessageTest.assertFails(() -> read(connection, ROWS), "08006");
            assertThat(answers(scope)).containsExactly(Cut.CAME_BACK);
        }
    }

    private static FutureTask<?> parked(ChaosScope scope, Background.SqlAction action) throws InterruptedException {
        FutureTask<?> call = new FutureTask<>(() -> {
            action.run();
            return null;
        });
        try (var fired = scope.ledger().watch(LedgerEntry.Fired.class::isInstance)) {
            new Thread(call, "caller").start();
            fired.await(Duration.ofSeconds(30));
        }
        return call;
    }

    private static ChaosScope scope(Rule... rules) {
        return ChaosScope.open("messages", Plan.of(new Seed(7), rules));
    }

    private static Connection connect(ChaosScope scope) throws SQLException {
        URI server = URI.create(WireTestServer.url().substring("jdbc:".length()));
        WireLink link = WireLink.open(scope, "bank", new InetSocketAddress(server.getHost(), server.getPort()));
        Properties properties = WireTestServer.login();
        properties.setProperty("sslmode", "disable");
        properties.setProperty("gssEncMode", "disable");
        return DriverManager.getConnection("jdbc:postgresql://localhost:" + link.port() + server.getPath(), properties);
    }

    private static Rule at(String message, int nth, Fault fault) {
        return Rule.of(WireTarget.message(message), Trigger.nth(nth), fault);
    }

    private static List<String> answers(ChaosScope scope) {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    private static List<String> read(Connection connection, String select) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(select)) {
            List<String> all = new java.util.ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        }
    }
}

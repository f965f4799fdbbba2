// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.postgres.wire.ServerError;
import dev.chaostest.postgres.wire.SqlTarget;
import dev.chaostest.postgres.wire.WireTarget;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** Rows and notifications, one by one. */
@Timeout(120)
class RowTest {

    private static final String SELECT = "SELECT id FROM account ORDER BY id";
    private static final Site ROWS = new Site("wire", "DataRow of " + SELECT);

    private WireFixture bank;

    @BeforeEach
    void open() throws SQLException {
        bank = fixture();
    }

    WireFixture fixture() throws SQLException {
        return new WireFixture();
    }

    @AfterEach
    void close() throws SQLException {
        bank.close();
    }

    @ParameterizedTest
    @CsvSource({"extended,0", "extended,2", "simple,0", "extendedCacheEverything,4"})
    void everyRowIsOneHitHoweverItIsFetched(String mode, int fetchSize) throws SQLException {
        try (Connection connection = bank.connect("preferQueryMode", mode);
                var armed = bank.arm()) {
            connection.setAutoCommit(false);
            assertThat(read(connection, fetchSize)).isEqualTo(9);
            assertThat(armed.round().decisions().seen()).containsEntry(ROWS, 9L);
            assertThat(armed.hits(SELECT)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void connectionIsLostAtRowK(When when) throws SQLException {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(6, new Cut(when)))) {
            connection.setAutoCommit(false);
            try (PreparedStatement select = connection.prepareStatement(SELECT)) {
                select.setFetchSize(2);
                try (ResultSet rows = select.executeQuery()) {
                    int seen = 0;
                    for (int n = 0; n < 4; n++) {
                        seen += rows.next() ? 1 : 0;
                    }
                    assertThat(seen).isEqualTo(4);
                    assertThatThrownBy(rows::next)
                            .isInstanceOfSatisfying(
                                    SQLException.class,
                                    e -> assertThat(e.getSQLState()).isEqualTo("08006"));
                }
            }
            assertThat(connection.isClosed()).isTrue();
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(armed.fired().get(0).hit()).hasToString(ROWS + ", 6th on lane connection-1");
            assertThat(armed.round().mismatches()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void rowComesLate(When when) throws SQLException {
        Duration length = Duration.ofMillis(150);
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(9, new Delay(length, length, when)))) {
            long begin = System.nanoTime();
            assertThat(read(connection, 0)).isEqualTo(9);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(length, Background.SOON);
            assertThat(armed.answers()).containsExactly("after 150ms");
        }
    }

    @Test
    void hangInTheMiddleOfAResultIsHealed() throws Exception {
        try (Connection connection = bank.connect();
                var armed = bank.arm(at(5, new Hang(When.BEFORE)))) {
            FutureTask<?> call = Background.parked(
                    armed, () -> assertThat(read(connection, 0)).isEqualTo(9));
            assertThat(call.isDone()).isFalse();
            armed.round().end();
            call.get(30, TimeUnit.SECONDS);
        }
    }

    /** The server still sends: it is at work, so it must hear of the cancel. */
    @ParameterizedTest
    @EnumSource(When.class)
    void cancelInTheMiddleOfALargeResultReachesTheServer(When when) throws Exception {
        String select = "SELECT n, repeat('x', 1000) FROM generate_series(1, 200000) AS n";
        try (Connection connection = bank.connect();
                Statement statement = connection.createStatement();
                var armed =
                        bank.arm(Rule.of(SqlTarget.matching("SELECT n.*").rows(), Trigger.nth(3), new Hang(when)))) {
            FutureTask<?> call = Background.parked(armed, () -> statement.executeQuery(select));
            statement.cancel();
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
                    .cause()
                    .isInstanceOfSatisfying(
                            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("57014"));
            assertThat(armed.answers()).containsExactly("hung until the client cancelled");
            assertThat(connection.isValid(30)).isTrue();
        }
    }

    @Test
    void connectionIsLostBehindANotificationThoughNothingFollowsIt() throws SQLException {
        String channel = bank.schema();
        try (Connection listener = bank.connect();
                Connection other = WireTestServer.direct();
                var armed = bank.arm(Rule.of(WireTarget.notification(), Trigger.nth(1), new Cut(When.AFTER)))) {
            WireTestServer.run(listener, "LISTEN " + channel);
            WireTestServer.run(other, "NOTIFY " + channel);
            PGConnection notified = listener.unwrap(PGConnection.class);
            assertThat(notified.getNotifications(30_000)).hasSize(1);
            assertThat(armed.answers()).containsExactly(Cut.CAME_BACK);
            assertThat(listener.isValid(1)).isFalse();
        }
    }

    @Test
    void noErrorIsRaisedBetweenRows() {
        Rule error = at(2, ServerError.of("40001"));
        assertThatThrownBy(() -> bank.arm(error))
                .hasMessage("A fault on " + bank.wire() + " must be one of [CancelOnServer, CorruptByte, Cut, "
                        + "Delay, DropRest, Hang, Sabotage, Slice, Swallow], but rule \"" + error
                        + "\" has a ServerError. Use one of those, or another seam.");
    }

    @ParameterizedTest
    @EnumSource(When.class)
    void notificationComesLate(When when) throws SQLException {
        String channel = bank.schema();
        Duration length = Duration.ofMillis(150);
        try (Connection listener = bank.connect();
                Connection other = WireTestServer.direct();
                var armed =
                        bank.arm(Rule.of(WireTarget.notification(), Trigger.nth(1), new Delay(length, length, when)))) {
            WireTestServer.run(listener, "LISTEN " + channel);
            long begin = System.nanoTime();
            WireTestServer.run(other, "NOTIFY " + channel);
            PGConnection notified = listener.unwrap(PGConnection.class);
            assertThat(notified.getNotifications(30_000)).hasSize(1);
            if (when == When.BEFORE) {
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(length, Background.SOON);
            }
            WireTestServer.read(listener, "SELECT 1");
            assertThat(armed.answers()).containsExactly("after 150ms");
            assertThat(armed.round().decisions().seen()).containsEntry(new Site("wire", "NotificationResponse"), 1L);
        }
    }

    private static Rule at(int row, dev.chaostest.plan.Fault fault) {
        return Rule.of(SqlTarget.on("SELECT account").rows(), Trigger.nth(row), fault);
    }

    private static int read(Connection connection, int fetchSize) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(SELECT)) {
            select.setFetchSize(fetchSize);
            try (ResultSet rows = select.executeQuery()) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                return count;
            }
        }
    }
}

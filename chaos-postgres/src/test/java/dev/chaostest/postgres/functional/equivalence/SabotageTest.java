// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.functional.equivalence;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Shows that the comparison finds what a careless seam would do. */
@Timeout(120)
class SabotageTest {

    private static final int LARGE = 64 * 1024;
    private static final byte[] NOTHING = {};

    /** A little of everything. */
    private static void play(Stage stage) throws Exception {
        stage.given("CREATE TABLE t (id int PRIMARY KEY, name text)");
        Connection connection = stage.connect();
        stage.run(connection, "INSERT INTO t VALUES (1, 'abc'), (2, NULL)");
        stage.run(connection, "SELECT * FROM t ORDER BY id");
        stage.run(connection, "INSERT INTO t VALUES (1, 'again')");
        stage.run(connection, "DO $$BEGIN RAISE NOTICE 'noticed'; END$$");
        stage.run(connection, "SET application_name = 'changed'");
        PGConnection own = connection.unwrap(PGConnection.class);
        stage.seen().saw("status", own.getParameterStatus("application_name"));
        stage.run(connection, "LISTEN " + stage.schema());
        stage.run(connection, "NOTIFY " + stage.schema() + ", 'hello'");
        PGNotification[] notified = own.getNotifications(200);
        stage.seen().saw("notified", notified != null && notified.length > 0);
        connection.setAutoCommit(false);
        stage.run(connection, "SELECT 1");
        stage.seen()
                .saw(
                        "state",
                        connection
                                .unwrap(org.postgresql.core.BaseConnection.class)
                                .getTransactionState());
        stage.seen().done("commit", connection::commit);
    }

    private static void assertFound(Way way, String... parts) {
        assertThatThrownBy(() -> Both.same(LARGE, SabotageTest::play, way))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll(parts);
    }

    private static Sabotage.Change dropped(char dropped) {
        return (type, message) -> type == dropped ? NOTHING : message;
    }

    private static Sabotage.Change replaced(char where, String from, String to) {
        return (type, message) -> type != where ? message : replaced(message, from, to);
    }

    private static byte[] replaced(byte[] message, String from, String to) {
        String text = new String(message, StandardCharsets.ISO_8859_1);
        return text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void honestWayIsTheSame() {
        UnaryOperator<byte[]> copy = message -> Arrays.copyOf(message, message.length);
        Way honest = Sabotage.fromServer("honest", (type, message) -> copy.apply(message));
        assertThatCode(() -> Both.same(LARGE, SabotageTest::play, honest, Seam.ABSENT))
                .doesNotThrowAnyException();
    }

    @Test
    void lostNotice() {
        assertFound(
                Sabotage.fromServer("notices are lost", dropped('N')),
                "Nothing must differ without (-) and with (+) notices are lost, but:",
                "- DO $$BEGIN RAISE NOTICE 'noticed'; END$$, warning 1: org.postgresql.util.PSQLWarning 00000/0 noticed",
                "+ DO $$BEGIN RAISE NOTICE 'noticed'; END$$, warning: 0");
    }

    @Test
    void changedByteOfARow() {
        assertFound(Sabotage.fromServer("a byte is changed", replaced('D', "abc", "abd")), "| abc", "| abd");
    }

    @Test
    void changedCount() {
        assertFound(
                Sabotage.fromServer("a count is changed", replaced('C', "INSERT 0 2", "INSERT 0 3")),
                "- INSERT INTO t VALUES (1, 'abc'), (2, NULL), result 1: 2",
                "+ INSERT INTO t VALUES (1, 'abc'), (2, NULL), result 1: 3");
    }

    @Test
    void changedFieldOfAnError() {
        assertFound(
                Sabotage.fromServer("a constraint is changed", replaced('E', "t_pkey", "t_pkez")),
                "constraint=t_pkey",
                "constraint=t_pkez");
    }

    @Test
    void lostStatus() {
        assertFound(
                Sabotage.fromServer("statuses are lost", (type, message) -> {
                    String text = new String(message, StandardCharsets.ISO_8859_1);
                    return type == 'S' && text.contains("\0changed") ? NOTHING : message;
                }),
                "- status: changed",
                "+ status: PostgreSQL JDBC Driver");
    }

    @Test
    void lostNotification() {
        assertFound(
                Sabotage.fromServer("notifications are lost", dropped('A')), "- notified: true", "+ notified: false");
    }

    @Test
    void changedTransactionState() {
        assertFound(
                Sabotage.fromServer("the state is changed", (type, message) -> {
                    if (type == 'Z' && message[5] == 'T') {
                        message[5] = 'I';
                    }
                    return message;
                }),
                "- state: OPEN",
                "+ state: IDLE");
    }

    @Test
    void anotherMessageToTheServer() {
        assertFound(
                Sabotage.fromClient("a message is added", (type, message) -> {
                    if (type != 'S') {
                        return message;
                    }
                    byte[] flushed = Arrays.copyOf(new byte[] {'H', 0, 0, 0, 4}, 5 + message.length);
                    System.arraycopy(message, 0, flushed, 5, message.length);
                    return flushed;
                }),
                "+ to the server, 1: H 0 bytes");
    }

    @Test
    void changedMessageToTheServer() {
        assertFound(
                Sabotage.fromClient("a statement is changed", replaced('P', "SELECT 1", "SELECT 2")),
                "- to the server, 1: P  SELECT 1",
                "+ to the server, 1: P  SELECT 2");
    }

    @Test
    void lateAnswer() {
        Way late = Sabotage.late("statements are late", 'P', Duration.ofHours(1));
        assertThatThrownBy(() -> Both.same(
                        LARGE,
                        stage -> {
                            Connection connection = stage.connect();
                            connection.setNetworkTimeout(Runnable::run, 4_000);
                            stage.run(connection, "SELECT 1");
                        },
                        late))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("+ SELECT 1: org.postgresql.util.PSQLException 08006", "Read timed out");
    }

    /** A socket that takes a time-out and forgets it. */
    private static final class Deaf extends Socket {
        @Override
        public synchronized void setSoTimeout(int timeout) throws SocketException {
            super.setSoTimeout(timeout == 0 ? 0 : Math.max(timeout, 1_500));
        }
    }

    @Test
    void forgottenTimeout() {
        assertThatThrownBy(() -> Both.same(
                        LARGE,
                        stage -> {
                            PGConnection own = stage.connect().unwrap(PGConnection.class);
                            stage.seen()
                                    .takes(
                                            "poll",
                                            Duration.ofMillis(50),
                                            Duration.ofMillis(1_200),
                                            () -> own.getNotifications(50));
                        },
                        new Sabotage("time-outs are forgotten", Deaf::new)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContainingAll("- poll took its time", "+ poll took PT1.5");
    }

    @Test
    void brokenScenario() {
        assertThatThrownBy(() -> Both.same(stage -> stage.connect("user", "no_such_user")))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("The scenario must end well without the seam, and show something, but:\n"
                        + "the scenario ended: ");
    }

    /** The seam counts, but the connections don't go through it. */
    @Test
    void escapedStatements() {
        Way escaping = new Way() {
            @Override
            public String name() {
                return "nothing is counted";
            }

            @Override
            public Passage open() {
                Round round = new Round("equivalence", Plan.of(new Seed(7)), TimeSource.system());
                WireMount wire = WireMount.twinOf("equivalence");
                Mount.Arming arming = wire.mount().arm(round);
                return new Seam.Open(Seam.ABSENT.open().properties(), Optional.of(round), () -> {
                    arming.close();
                    wire.close();
                });
            }
        };
        assertFound(
                escaping,
                "nothing is counted must count what the server is sent, but:",
                "sql:COMMIT: sent 1 times, counted 0 times",
                "sql:SELECT * FROM t ORDER BY id: sent 1 times, counted 0 times");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.cluster.PostgresCluster;
import dev.chaostest.postgres.functional.WireTestServer;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerOptions;
import dev.chaostest.postgres.server.StopMode;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.time.TimeSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postgresql.PGConnection;

/** After a crash a number may be another transaction's: the mark tells, or nobody. */
@Timeout(120)
class TruthAfterACrashTest {

    private static final String MARKS = "public.mark";

    /** A COMMIT that waits for a standby which never comes is on disk, and its client has no answer. */
    private static PostgresServer waitingForNobody() {
        return PostgresServer.start(ServerOptions.ofDefaults().withSetting("synchronous_standby_names", "nobody"));
    }

    private static Connection connect(String url, Properties more) throws SQLException {
        Properties properties = WireTestServer.login();
        properties.putAll(more);
        return DriverManager.getConnection(url, properties);
    }

    /** For what must not wait. */
    private static Connection direct(PostgresServer server) throws SQLException {
        Properties local = new Properties();
        local.setProperty("options", "-c synchronous_commit=local");
        return connect(server.jdbcUrl(), local);
    }

    private static Round armed(WireMount wire) {
        return new Round("crash " + wire.key(), Plan.of(new Seed(7)), TimeSource.system());
    }

    @ParameterizedTest
    @CsvSource({"server, false", "server, true", "backend, false", "backend, true"})
    void commitThatWasDoneBeforeTheCrashIsOnlyKnownByItsMark(String victim, boolean marking) throws Exception {
        try (PostgresServer server = waitingForNobody();
                WireMount wire = WireMount.twinOf("crash")) {
            Direct admin = new Direct(() -> direct(server));
            try (Connection direct = admin.getConnection()) {
                WireTestServer.run(direct, "CREATE TABLE t (id int)");
            }
            Round round = armed(wire);
            try (Truth truth = marking ? Truth.marking(wire, admin, MARKS) : Truth.of(wire, admin);
                    Mount.Arming arming = wire.mount().arm(round);
                    Connection connection = connect(server.jdbcUrl(), wire.properties())) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, "INSERT INTO t VALUES (1)");
                int pid = connection.unwrap(PGConnection.class).getBackendPID();
                try (Waiting commit = Waiting.of(connection::commit)) {
                    awaitWaiting(server, pid);
                    crash(server, victim, pid);
                    assertThat(commit.awaitEnd()).isEqualTo("08006");
                }
                TransactionOutcome outcome = TruthFixture.only(truth.outcomes());
                assertThat(outcome.number()).isPresent();
                assertThat(outcome.fate()).isEqualTo(marking ? Fate.COMMITTED : Fate.UNKNOWN);
                assertThat(outcome.reason())
                        .isEqualTo(
                                marking
                                        ? "its mark says so"
                                        : "the server was started again since, or another one answers: its number may "
                                                + "be another transaction's now");
                assertThat(outcome.isGhost()).isEqualTo(marking);
                assertThat(arming).isNotNull();
            } finally {
                round.end();
            }
            try (Connection direct = admin.getConnection()) {
                assertThat(WireTestServer.read(direct, "SELECT count(*) FROM t"))
                        .isEqualTo("1");
            }
        }
    }

    private static void awaitWaiting(PostgresServer server, int pid) throws SQLException {
        try (Connection direct = direct(server)) {
            Patience.await()
                    .until(() -> WireTestServer.read(
                                    direct,
                                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND pid = "
                                            + pid)
                            .equals("1"));
        }
    }

    private static void crash(PostgresServer server, String victim, int pid) {
        if (victim.equals("backend")) {
            server.signal("KILL", pid);
        } else {
            server.stop(StopMode.CRASH);
            server.start();
        }
    }

    @Test
    void sessionThatBeganAfterTheCrashIsKnownAsBefore() throws Exception {
        try (PostgresServer server = PostgresServer.start(ServerOptions.ofDefaults());
                WireMount wire = WireMount.twinOf("crash")) {
            Direct admin = new Direct(() -> direct(server));
            Round round = new Round(
                    "crash", Plan.of(new Seed(7), CommitLost.first(CommitLost.replyLost())), TimeSource.system());
            try (Truth truth = Truth.of(wire, admin);
                    Mount.Arming arming = wire.mount().arm(round)) {
                server.stop(StopMode.CRASH);
                server.start();
                try (Connection connection = connect(server.jdbcUrl(), wire.properties())) {
                    connection.setAutoCommit(false);
                    WireTestServer.run(connection, "CREATE TABLE t AS SELECT 1 AS id");
                    TruthFixture.assertState(connection::commit, "08006");
                }
                assertThat(truth.ghosts()).hasSize(1);
                assertThat(arming).isNotNull();
            } finally {
                round.end();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void afterAPromotionTheNewPrimaryOnlyKnowsMarks(boolean marking) throws Exception {
        PostgresInstallation installation = PostgresInstallation.prepare(ServerOptions.ofDefaults());
        try (ChaosScope scope = ChaosScope.open("promotion", Plan.of(new Seed(7)));
                WireMount wire = WireMount.twinOf("promotion")) {
            PostgresCluster cluster = PostgresCluster.open(scope, installation, 1);
            Direct admin = new Direct(() -> direct(cluster.primary()));
            Round round = new Round(
                    "promotion", Plan.of(new Seed(7), CommitLost.first(CommitLost.replyLost())), TimeSource.system());
            try (Truth truth = marking ? Truth.marking(wire, admin, MARKS) : Truth.of(wire, admin);
                    Mount.Arming arming = wire.mount().arm(round);
                    Connection connection = connect(cluster.primary().jdbcUrl(), wire.properties())) {
                connection.setAutoCommit(false);
                WireTestServer.run(connection, "CREATE TABLE t AS SELECT 1 AS id");
                TruthFixture.assertState(connection::commit, "08006");
                cluster.standby(0).awaitCaughtUp();
                cluster.failOver();
                TransactionOutcome outcome = TruthFixture.only(truth.outcomes());
                assertThat(outcome.fate()).isEqualTo(marking ? Fate.COMMITTED : Fate.UNKNOWN);
                assertThat(arming).isNotNull();
            } finally {
                round.end();
            }
        }
    }

    @Test
    void tableForMarksMustBePossible() {
        try (WireMount wire = WireMount.twinOf("marks")) {
            assertThatThrownBy(() -> Truth.marking(wire, new Direct(), "no_such_schema.mark"))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "A table for marks must be there, but \"no_such_schema.mark\" could not be made: the "
                                    + "database answered 3F000. Name one in a schema where the role may create; see the cause.");
        }
    }
}

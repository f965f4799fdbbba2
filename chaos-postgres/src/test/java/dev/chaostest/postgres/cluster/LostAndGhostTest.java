// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;
import dev.chaostest.postgres.server.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LostAndGhostTest extends ClusterFixture {

    @Test
    void whatTheStandbyHadNotGotIsLostExactly() throws SQLException {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            write(writes, client, 10);
            cluster.standby(0).awaitCaughtUp();
            cluster.standby(0).freezeStreaming();
            write(writes, client, 100);
            cluster.failOver();
            assertThat(writes.write(client)).isFalse();

            WriteAudit audit = audit(writes, cluster);

            assertThat(audit.acknowledged()).isEqualTo(110);
            assertThat(audit.attempted()).isEqualTo(111);
            assertThat(audit.failed()).containsExactly(Map.entry("08006", 1L));
            assertThat(audit.doubtful()).isEqualTo(1);
            assertThat(audit.lost()).hasSize(100).first().isEqualTo(11L);
            assertThat(audit.ghosts()).isEmpty();
            assertThatThrownBy(audit::requireNothingLost)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("No acknowledged write must be lost, but 100 of 110 are. Replicate synchronously, or"
                            + " don't acknowledge what may be lost.\n  lost : 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,"
                            + " 21, 22, 23, 24, 25, 26, 27, 28, 29, 30 and 80 more");
        }
    }

    @Test
    void aSynchronousClusterLosesNothingThatItAcknowledged() throws SQLException {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            cluster.synchronous();
            write(writes, client, 100);
            cluster.failOver();
            audit(writes, cluster).requireNothingLost().requireNoGhosts();
        }
    }

    @Test
    void aTerminatedCommitThatHungIsAGhost() throws Exception {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            Future<Boolean> told;
            try (SynchronousReplication sync = cluster.synchronous();
                    Injection frozen = cluster.standby(0).freezeStreaming()) {
                told = executor().submit(() -> writes.write(client));
                HangingCommit hanging = sync.awaitHanging();

                assertThat(hanging.query()).startsWith("INSERT INTO chaostest_marker");
                assertThat(sync.hanging()).containsExactly(hanging);
                assertThat(Db.query(cluster.primary(), "SELECT cardinality(pg_blocking_pids(" + hanging.pid() + "))"))
                        .isEqualTo("0");
                assertThat(Db.query(cluster.primary(), "SELECT count(*) FROM chaostest_marker"))
                        .as("nobody sees it yet")
                        .isEqualTo("0");
                sync.terminate(hanging);
                assertThat(told.get(30, TimeUnit.SECONDS)).isFalse();
                assertThat(frozen.isActive()).isTrue();
            }

            WriteAudit audit = audit(writes, cluster);

            assertThat(audit.ghosts()).containsOnlyKeys(1L);
            assertThat(audit.ghosts().get(1L)).isIn("08006", "57P01");
            assertThat(audit.doubtful()).isEqualTo(1);
            assertThatThrownBy(audit::requireNoGhosts)
                    .isInstanceOf(AssertionError.class)
                    .hasMessage("No write that failed for its client must be committed, but 1 of 1 are. Make it"
                            + " idempotent, and ask for its marker before it is tried again.\n  ghosts : 1 ("
                            + audit.ghosts().get(1L) + ")");
        }
    }

    @Test
    void aCancelledCommitThatHungSucceedsWithAWarningAndIsOnThePrimaryOnly() throws Exception {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl());
                Statement statement = client.createStatement()) {
            Db.execute(client, "CREATE TABLE item (id int)");
            SynchronousReplication sync = cluster.synchronous();
            cluster.standby(0).freezeStreaming();
            Future<Integer> told = executor().submit(() -> statement.executeUpdate("INSERT INTO item VALUES (1)"));
            sync.cancel(sync.awaitHanging());

            assertThat(told.get(30, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(statement.getWarnings().getSQLState()).isEqualTo("01000");
            assertThat(Db.query(cluster.primary(), "SELECT id FROM item")).isEqualTo("1");

            cluster.failOver();
            assertThat(Db.query(cluster.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
        }
    }

    @Test
    void closingFreesWhatHangs() throws Exception {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            SynchronousReplication sync = cluster.synchronous();
            assertThatThrownBy(() -> sync.awaitHanging(Duration.ofMillis(5)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A commit on port " + cluster.primary().port() + " must hang within 5ms, but none does."
                            + " Freeze the standbys first, and commit with synchronous_commit = on.");
            cluster.standby(0).freezeStreaming();
            Future<Boolean> told = executor().submit(() -> writes.write(client));
            HangingCommit hanging = sync.awaitHanging();
            sync.close();
            sync.close();

            assertThat(told.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(sync.isActive()).isFalse();
            assertThat(sync.hanging()).isEmpty();
            assertThat(writes.write(client)).isTrue();
            assertThatThrownBy(() -> sync.cancel(hanging))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("The commit of process " + hanging.pid()
                            + " must hang to be ended, but does not. Take one that hanging() shows.");
        }
    }

    /** What is not on disk when everything is killed is gone; on disk it is before the answer, or some time later. */
    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void afterACrashTheServerHasWhatItFlushedBeforeItAnswered(String synchronousCommit) throws SQLException {
        PostgresCluster cluster = cluster(0);
        PostgresServer server = cluster.primary();
        AcknowledgedWrites writes = lazily(cluster, synchronousCommit);
        server.stop(StopMode.CRASH);
        server.start();

        WriteAudit audit = audit(writes, cluster);

        assertThat(audit.acknowledged()).isEqualTo(100);
        if (synchronousCommit.equals("on")) {
            audit.requireNothingLost();
        } else {
            assertThat(audit.lost()).isNotEmpty();
        }
    }

    @Test
    void whatIsNotFlushedIsNotReplicatedEither() throws SQLException {
        PostgresCluster cluster = cluster(1);
        AcknowledgedWrites writes = lazily(cluster, "off");
        cluster.failOver();
        assertThat(audit(writes, cluster).lost()).isNotEmpty();
    }

    /** Commits 100 times with the walwriter out of the way, which would otherwise flush within 200 ms. */
    private static AcknowledgedWrites lazily(PostgresCluster cluster, String synchronousCommit) throws SQLException {
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            cluster.standbys().forEach(Standby::awaitCaughtUp);
            long walwriter = Long.parseLong(
                    Db.query(client, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'"));
            new ServerProcess(cluster.primary(), walwriter).freeze();
            Db.execute(client, "SET synchronous_commit = " + synchronousCommit);
            write(writes, client, 100);
            return writes;
        }
    }

    /** After the promotion the number of a lost transaction is given to another one. */
    @Test
    void theNumberOfATransactionLiesAfterAPromotionAndItsMarkerRowDoesNot() throws SQLException {
        PostgresCluster cluster = cluster(1);
        long lost;
        long marker;
        AcknowledgedWrites writes;
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            writes = AcknowledgedWrites.create(client);
            cluster.standby(0).awaitCaughtUp();
            cluster.standby(0).freezeStreaming();
            client.setAutoCommit(false);
            marker = writes.mark(client);
            lost = Long.parseLong(Db.query(client, "SELECT pg_current_xact_id()"));
            client.commit();
            writes.acknowledged(marker);
            assertThat(Db.query(client, "SELECT pg_xact_status('" + lost + "')")).isEqualTo("committed");
        }
        cluster.failOver();
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            long number;
            do { // somebody else's, of no importance
                number = Long.parseLong(Db.query(client, "SELECT pg_current_xact_id()"));
            } while (number < lost);

            assertThat(Db.query(client, "SELECT pg_xact_status('" + lost + "')"))
                    .as("it lies")
                    .isEqualTo("committed");
            assertThat(writes.audit(client).lost()).containsExactly(marker);
        }
    }

    @Test
    void aTransactionOfTheUsersIsMarkedInPassing() throws SQLException {
        PostgresCluster cluster = cluster(1);
        try (Connection client = Db.connect(cluster.jdbcUrl())) {
            AcknowledgedWrites writes = AcknowledgedWrites.create(client);
            assertThatThrownBy(() -> writes.awaitMore(2, Duration.ofMillis(5)))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("2 more writes must be acknowledged within 5ms, but only 0 were. Start the workload"
                            + " before, or look at what it gets.");
            client.setAutoCommit(false);
            writes.acknowledged(writes.mark(client));
            client.commit();
            long failed = writes.mark(client);
            writes.failed(failed, new SQLException("refused", "40001"));
            client.rollback();
            writes.mark(client);
            client.rollback();

            WriteAudit audit = writes.audit(client);

            assertThat(audit).isEqualTo(new WriteAudit(
                            3, 1, new TreeMap<>(Map.of("40001", 1L)), 1, new TreeSet<>(), new TreeMap<>()));
            audit.requireNothingLost().requireNoGhosts();
        }
    }

    @Test
    void nothingAcknowledgedIsNothingChecked() {
        WriteAudit nothing =
                new WriteAudit(7, 0, new TreeMap<>(Map.of("08006", 7L)), 7, new TreeSet<>(), new TreeMap<>());
        assertThatThrownBy(nothing::requireNothingLost)
                .isInstanceOf(AssertionError.class)
                .hasMessage("At least one write must be acknowledged for a check that none is lost, but of 7 none was."
                        + " Let the workload begin before the fault.");
    }

    private static void write(AcknowledgedWrites writes, Connection client, int times) {
        for (int i = 0; i < times; i++) {
            assertThat(writes.write(client)).isTrue();
        }
    }

    private static WriteAudit audit(AcknowledgedWrites writes, PostgresCluster cluster) throws SQLException {
        try (Connection connection = Db.connect(cluster.primary().jdbcUrl())) {
            return writes.audit(connection);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.Patience;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ReplicationTest extends ClusterFixture {

    @Test
    void standbysServeWhatThePrimaryCommittedAndTakeNoWrites() throws SQLException {
        PostgresCluster cluster = cluster(2);
        Db.execute(cluster.primary(), "CREATE TABLE item AS SELECT 7 AS id");

        for (Standby standby : cluster.standbys()) {
            standby.awaitCaughtUp();
            assertThat(Db.query(standby.jdbcUrl(), "SELECT id FROM item")).isEqualTo("7");
            assertThat(Db.state(() -> Db.query(standby.jdbcUrl(), "INSERT INTO item VALUES (8)")))
                    .isEqualTo("25006");
        }
        cluster.requireOnePrimary();
        assertThat(cluster.writable()).containsExactly(cluster.primary());
        assertThat(cluster.standbys()).extracting(Standby::name).containsExactly("node_2", "node_3");
    }

    @Test
    void theUrlFindsThePrimaryAndTheStandbys() throws SQLException {
        PostgresCluster cluster = cluster(1);
        assertThat(Db.query(cluster.jdbcUrl(), "SHOW port"))
                .isEqualTo("" + cluster.primary().port());
        assertThat(Db.query(cluster.jdbcUrl("postgres", "secondary"), "SHOW port"))
                .isEqualTo("" + cluster.standby(0).server().port());
    }

    @Test
    void aStandbyWhoseWalsenderStandsStillGetsNothing() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
        try (Injection frozen = standby.freezeStreaming()) {
            assertThat(frozen.isActive()).isTrue();
            Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
            assertThat(standby.lag().notReceived()).isPositive();
            assertThat(standby.lag().notReplayed()).isPositive();
            assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
        }
        standby.awaitCaughtUp();
        Patience.await() // the server writes by itself now and then
                .untilAsserted(() -> assertThat(standby.lag())
                        .extracting(Lag::notReceived, Lag::notReplayed)
                        .containsExactly(0L, 0L));
        assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("1");
    }

    @Test
    void whatWasOfAClusterThatIsClosedNeedsNoHealing() {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        List<Injection> active = List.of(
                cluster.synchronous(),
                standby.delayReplay(Duration.ofHours(1)),
                standby.pauseReplay(),
                standby.freezeStreaming());
        cluster.close();
        active.forEach(Injection::close);
        assertThat(active).noneMatch(Injection::isActive);
    }

    @Test
    void anInterruptedTestHealsAllTheSame() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Injection frozen = standby.freezeStreaming();
        Injection paused = standby.pauseReplay();
        Injection delayed = standby.delayReplay(Duration.ofHours(1));
        try {
            Thread.currentThread().interrupt();
            delayed.close();
            paused.close();
            frozen.close();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(List.of(frozen, paused, delayed)).noneMatch(Injection::isActive);
        assertThat(Db.query(standby.jdbcUrl(), "SHOW recovery_min_apply_delay")).isEqualTo("0");
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
    }

    @Test
    void aStandbyWhoseReplayIsPausedKeepsWhatItGetsToItself() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
        try (Injection paused = standby.pauseReplay()) {
            Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
            assertThat(standby.lag().notReplayed()).isPositive();
            assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
            assertThat(paused.isActive()).isTrue();
        }
        standby.awaitCaughtUp();
        assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("1");
    }

    @Test
    void whatHoldsAStandbyBackIsTold() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        standby.pauseReplay();
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        assertThatThrownBy(() -> standby.awaitCaughtUp(Duration.ofMillis(20)))
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(
                        "Standby node_2 must replay up to 0/[0-9A-F]+ within 20ms, but is at 0/[0-9A-F]+ and"
                                + " replay is paused\\. Close what holds it back\\.");
        Thread.currentThread().interrupt();
        assertThatThrownBy(standby::awaitCaughtUp)
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching("Standby node_2 must replay up to 0/[0-9A-F]+, but the thread that waits for it was"
                        + " interrupted\\. Close what holds it back\\.");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aServerThatDoesNotAnswerIsTold() {
        PostgresCluster cluster = cluster(1);
        cluster.primary().stop(StopMode.CRASH);
        assertThatThrownBy(cluster.standby(0)::lag)
                .isInstanceOf(ChaosException.class)
                .hasMessageMatching(
                        "(?s)The server on port " + cluster.primary().port()
                                + " must answer, but to \"let us in\" it said 08001: .* Look at the end of its"
                                + " log:\n"
                                + ".*");
    }

    @Test
    void healingTheScopeHealsTheCluster() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Injection frozen = standby.freezeStreaming();
        Injection paused = standby.pauseReplay();
        SynchronousReplication sync = cluster.synchronous();

        scope.heal();

        assertThat(List.of(frozen, paused, sync)).noneMatch(Injection::isActive);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
        assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
    }

    @Test
    void aStandbyThatWasKilledIsCopiedAnew() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        standby.server().stop(StopMode.CRASH);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.copyAnew();
        standby.awaitCaughtUp();
        assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
    }

    @Test
    void aStandbyWithADelayShowsCommitsLaterAndAtOnceWhenItIsHealed() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
        try (Injection delayed = standby.delayReplay(Duration.ofHours(1))) {
            Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
            assertThat(Db.query(standby.jdbcUrl(), "SHOW recovery_min_apply_delay"))
                    .isEqualTo("1h");
            assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("0");
            assertThat(delayed.isActive()).isTrue();
        }
        standby.awaitCaughtUp();
        assertThat(Db.query(standby.jdbcUrl(), "SELECT count(*) FROM item")).isEqualTo("1");
        assertThat(Db.query(standby.jdbcUrl(), "SHOW recovery_min_apply_delay")).isEqualTo("0");
    }

    @Test
    void aSessionThatHoldsUpReplayIsEndedBy40001() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        standby.awaitCaughtUp();
        try (Injection impatient = standby.cancelConflictsAfter(Duration.ofMillis(1));
                Connection reader = Db.connect(standby.jdbcUrl())) {
            reader.setAutoCommit(false);
            Db.query(reader, "SELECT count(*) FROM item");
            Db.execute(cluster.primary(), "ALTER TABLE item ADD COLUMN name text");
            standby.awaitCaughtUp();

            assertThat(Db.state(() -> Db.query(reader, "SELECT count(*) FROM item")))
                    .isEqualTo("40001");
            assertThat(standby.conflicts()).isPositive();
            assertThat(impatient.isActive()).isTrue();
        }
        assertThat(Db.query(standby.jdbcUrl(), "SHOW max_standby_streaming_delay"))
                .isEqualTo("30s");
    }

    @Test
    void aClosedStandbyLeavesNoSlot() throws SQLException {
        PostgresCluster cluster = cluster(1);
        Standby more = cluster.addStandby();
        watch(List.of(more.server()));
        assertThat(Db.query(
                        cluster.primary(), "SELECT string_agg(slot_name, ',' ORDER BY 1) FROM pg_replication_slots"))
                .isEqualTo("node_2,node_3");
        more.close();
        more.close();
        assertThat(Db.query(
                        cluster.primary(), "SELECT string_agg(slot_name, ',' ORDER BY 1) FROM pg_replication_slots"))
                .isEqualTo("node_2");
    }

    @Test
    void settingsAreForAllServers() throws SQLException {
        PostgresCluster cluster = PostgresCluster.open(scope, installation, 1, Map.of("work_mem", "7MB"));
        watch(cluster.servers());
        for (PostgresServer server : cluster.servers()) {
            assertThat(Db.query(server, "SHOW work_mem")).isEqualTo("7MB");
        }
    }

    @Test
    void whatIsDoneIsInTheLedger() {
        Standby standby = cluster(1).standby(0);
        standby.pauseReplay().close();
        standby.delayReplay(Duration.ofMillis(250)).close();
        Injection twice = standby.cancelConflictsAfter(Duration.ofSeconds(1));
        twice.close();
        twice.close();
        assertThat(twice.isActive()).isFalse();
        assertThat(commands())
                .containsExactly(
                        "pause replay of standby node_2",
                        "delay replay of standby node_2 by 250ms",
                        "cancel conflicting queries on standby node_2 after 1s");
    }

    @Test
    void badInputIsRefusedBeforeAnythingIsTouched() throws SQLException {
        refused(() -> PostgresCluster.open(scope, installation, 17))
                .hasMessage("A cluster must have 0 to 16 standbys, but was to have 17. Start with 1.");
        PostgresCluster cluster = cluster(1);
        Standby standby = cluster.standby(0);
        refused(() -> cluster.standby(1))
                .hasMessage("The cluster must have a standby 1, but has 1, counted from 0. Add one, or name another.");
        refused(() -> Standby.open(scope, installation, cluster.primary(), "Node-2"))
                .hasMessage("A standby's name must be a lower-case letter and up to 39 letters, digits or underscores,"
                        + " but was \"Node-2\". Use for example \"standby_1\".");
        refused(() -> Standby.open(scope, installation, cluster.primary(), "node_2"))
                .hasMessage("A standby's name must be new to its primary, but the server on port "
                        + cluster.primary().port() + " has a slot \"node_2\" already. Choose another name.");
        refused(() -> Standby.open(scope, installation, standby.server(), "third"))
                .hasMessage("The primary of standby third must take writes, but the server on port "
                        + standby.server().port()
                        + " is a standby itself. Name the primary, or promote it first.");
        refused(() -> standby.delayReplay(Duration.ZERO))
                .hasMessage("recovery_min_apply_delay must be from 1ms to a day, but was 0us. To have none, open no"
                        + " injection.");
        try (Connection admin = Db.connect(cluster.primary().jdbcUrl())) {
            Db.execute(admin, "SET allow_in_place_tablespaces = on");
            Db.execute(admin, "CREATE TABLESPACE other LOCATION ''");
        }
        refused(cluster::addStandby)
                .hasMessage("The server on port " + cluster.primary().port()
                        + " must keep everything in its data directory to be copied, but has the tablespaces [other]."
                        + " Drop them, or copy the server before it has them.");
        cluster.primary().stop(StopMode.FAST);
        refused(() -> Standby.open(scope, installation, cluster.primary(), "third"))
                .hasMessage("The primary of standby third must run, but the server on port "
                        + cluster.primary().port() + " does not. Start it first.");
        assertThat(commands()).isEmpty();
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOf(ChaosException.class);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailoverTest extends ClusterFixture {

    @Test
    void theApplicationGoesOnAtTheNewPrimary() throws SQLException {
        PostgresCluster cluster = cluster(1);
        PostgresServer old = cluster.primary();
        PostgresServer next = cluster.standby(0).server();
        Db.execute(old, "CREATE TABLE item (id int)");
        try (Connection open = Db.connect(cluster.jdbcUrl())) {
            Failover failover = cluster.failOver();

            assertThat(Db.state(() -> Db.query(open, "SELECT 1"))).isEqualTo("08006");
            assertThat(Db.state(() -> Db.connect(old.jdbcUrl()))).isEqualTo("08001");
            assertThat(Db.query(cluster.jdbcUrl(), "SHOW port")).isEqualTo("" + next.port());
            Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
            assertThat(failover.old()).isSameAs(old);
            assertThat(failover.primary()).isSameAs(next).isSameAs(cluster.primary());
            assertThat(failover.promoted()).isPositive().isLessThanOrEqualTo(failover.writable());
        }
        assertThat(cluster.standbys()).isEmpty();
        cluster.requireOnePrimary();
        assertThat(commands()).containsExactly("crash the primary on port " + old.port(), "promote standby node_2");
    }

    @Test
    void theOtherStandbysFollowTheNewPrimary() throws SQLException {
        PostgresCluster cluster = cluster(3);
        cluster.failOver(cluster.standby(1));

        assertThat(cluster.standbys()).extracting(Standby::name).containsExactly("node_2", "node_4");
        Db.execute(cluster.primary(), "CREATE TABLE item AS SELECT 1 AS id");
        for (Standby standby : cluster.standbys()) {
            assertThat(standby.primary()).isSameAs(cluster.primary());
            standby.awaitCaughtUp();
            assertThat(Db.query(standby.jdbcUrl(), "SELECT id FROM item")).isEqualTo("1");
        }
        assertThat(Db.query(
                        cluster.primary(), "SELECT string_agg(slot_name, ',' ORDER BY 1) FROM pg_replication_slots"))
                .isEqualTo("node_2,node_4");
    }

    @Test
    void failsOverToTheStandbyThatHasGotMost() throws SQLException {
        PostgresCluster cluster = cluster(2);
        Standby behind = cluster.standby(0);
        Standby ahead = cluster.standby(1);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        behind.awaitCaughtUp();
        behind.freezeStreaming();
        Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
        ahead.awaitCaughtUp();

        cluster.failOver();

        assertThat(ahead.isPromoted()).isTrue();
        assertThat(Db.query(cluster.jdbcUrl(), "SELECT id FROM item")).isEqualTo("1");
        behind.awaitCaughtUp();
        assertThat(Db.query(behind.jdbcUrl(), "SELECT id FROM item")).isEqualTo("1");
    }

    @Test
    void aStandbyThatHadGotMoreThanTheNewPrimaryIsCopiedAnew() throws SQLException {
        PostgresCluster cluster = cluster(2);
        Standby behind = cluster.standby(0);
        Standby ahead = cluster.standby(1);
        Db.execute(cluster.primary(), "CREATE TABLE item (id int)");
        behind.awaitCaughtUp();
        behind.freezeStreaming();
        Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
        ahead.awaitCaughtUp();

        cluster.failOver(behind);

        Db.execute(cluster.primary(), "INSERT INTO item VALUES (2)");
        ahead.awaitCaughtUp();
        assertThat(Db.query(ahead.jdbcUrl(), "SELECT string_agg(id::text, ',') FROM item"))
                .isEqualTo("2");
    }

    @Test
    void anOldPrimaryThatComesBackMakesASplitBrain() throws SQLException {
        PostgresCluster cluster = cluster(1);
        PostgresServer old = cluster.primary();
        Db.execute(old, "CREATE TABLE item (id int)");
        cluster.failOver();
        old.start();

        Db.execute(old, "INSERT INTO item VALUES (1)");
        Db.execute(cluster.primary(), "INSERT INTO item VALUES (2)");

        assertThat(cluster.writable()).containsExactly(old, cluster.primary());
        assertThat(Db.query(cluster.jdbcUrl(), "SHOW port"))
                .as("the first that the URL names wins")
                .isEqualTo("" + old.port());
        assertThatThrownBy(cluster::requireOnePrimary)
                .isInstanceOf(AssertionError.class)
                .hasMessageMatching("One server of a cluster must take writes, but 2 do\\. Fence the old one before you"
                        + " promote another\\."
                        + "\n  port " + old.port() + " : takes writes, on timeline 1 at 0/[0-9A-F]+"
                        + "\n  port " + cluster.primary().port() + " : takes writes, on timeline 2 at 0/[0-9A-F]+");

        Standby standby = cluster.rejoin(old);

        cluster.requireOnePrimary();
        standby.awaitCaughtUp();
        assertThat(standby.name()).isEqualTo("node_1");
        assertThat(standby.server()).isSameAs(old);
        assertThat(Db.query(old, "SELECT string_agg(id::text, ',') FROM item")).isEqualTo("2");
    }

    @Test
    void aClusterWithoutAPrimaryIsTold() {
        PostgresCluster cluster = cluster(1);
        PostgresServer old = cluster.primary();
        old.stop(StopMode.CRASH);
        assertThatThrownBy(cluster::requireOnePrimary)
                .isInstanceOf(AssertionError.class)
                .hasMessage("One server of a cluster must take writes, but none does. Promote a standby."
                        + "\n  port " + old.port() + " : stopped"
                        + "\n  port " + cluster.standby(0).server().port() + " : takes no writes");
    }

    @Test
    void aFencedPrimaryComesBackReadOnly() throws SQLException {
        PostgresCluster cluster = cluster(1);
        PostgresServer old = cluster.primary();
        Db.execute(old, "CREATE TABLE item AS SELECT 1 AS id");
        cluster.standby(0).awaitCaughtUp();
        cluster.promote(cluster.standby(0));
        assertThat(cluster.writable()).hasSize(2);

        try (Injection fence = cluster.fence(old)) {
            assertThat(old.isRunning()).isFalse();
            old.start();

            cluster.requireOnePrimary();
            assertThat(Db.query(old, "SELECT id FROM item")).isEqualTo("1");
            assertThat(Db.state(() -> Db.execute(old, "INSERT INTO item VALUES (2)")))
                    .isEqualTo("25006");
            assertThat(Db.query(cluster.jdbcUrl(), "SHOW port"))
                    .isEqualTo("" + cluster.primary().port());
            assertThat(fence.isActive()).isTrue();
        }
        assertThat(old.isRunning()).isFalse();
        old.start();
        assertThat(cluster.writable()).hasSize(2);
    }

    @Test
    void backAndForth() throws SQLException {
        PostgresCluster cluster = cluster(1);
        PostgresServer first = cluster.primary();
        Standby second = cluster.standby(0);
        Db.execute(first, "CREATE TABLE item (id int)");
        cluster.failOver();
        cluster.rejoin(first);
        cluster.failOver();
        assertThat(cluster.primary()).isSameAs(first);
        assertThat(cluster.rejoin(second.server())).isSameAs(second);
        Db.execute(cluster.primary(), "INSERT INTO item VALUES (1)");
        second.awaitCaughtUp();
        assertThat(Db.query(second.jdbcUrl(), "SELECT id FROM item")).isEqualTo("1");
        cluster.requireOnePrimary();
    }

    @Test
    void whatCannotBeIsRefused() {
        PostgresCluster lonely = cluster(0);
        refused(lonely::failOver, "A cluster must have a standby to fail over to, but there is none. Add one first.");
        refused(
                lonely::synchronous,
                "A synchronous cluster must have a standby, but there is none. Add one first: each commit would hang.");
        refused(
                () -> lonely.fence(lonely.primary()),
                "What is fenced must be a former primary of this cluster, but " + lonely.primary()
                        + " is its primary now. Promote a standby first, and name the primary before that.");
        PostgresCluster other = cluster(1);
        refused(
                () -> lonely.rejoin(other.primary()),
                "What is rejoined must be a former primary of this cluster, but " + other.primary()
                        + " is none of it. Promote a standby first, and name the primary before that.");
        Standby stranger = other.standby(0);
        refused(
                () -> lonely.failOver(stranger),
                "What is promoted must be a standby of this cluster, but was standby node_2 on port "
                        + stranger.server().port() + " of " + other.primary().port() + ". Take one of [].");
        assertThat(commands()).isEmpty();

        other.promote(stranger);
        refused(
                stranger::pauseReplay,
                "Standby node_2 must follow a primary to pause, but it has been promoted. Do that before, or to"
                        + " another standby.");
        Standby stopped = other.addStandby();
        watch(List.of(stopped.server()));
        stopped.server().stop(StopMode.CRASH);
        refused(
                stopped::freezeStreaming,
                "Standby node_3 must follow a primary to stop streaming, but its server does not run. Do that before,"
                        + " or to another standby.");
        refused(
                other::failOver,
                "A cluster must have a standby to fail over to, but none of [standby node_3 on port "
                        + stopped.server().port() + " of " + other.primary().port()
                        + "] runs. Start one first.");
        assertThat(other.primary().isRunning()).isTrue();
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(ChaosException.class).hasMessage(message);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs a primary and its hot standbys, all of our own, and lets happen to them what happens to clusters.
 *
 * <p>An application connects to {@link #jdbcUrl}, which names them all, and finds the primary. It sees 08006 or 57P01 when
 * the primary is lost, 08001 while there is none, and goes on when a standby is promoted: {@link #failOver}. What it was told
 * and what is there then are two things: count with {@link AcknowledgedWrites}.
 *
 * <p>Replication is asynchronous unless {@link #synchronous}: what a standby has not got when the primary is lost, is lost.
 *
 * <pre>{@code
 * PostgresCluster cluster = PostgresCluster.open(scope, installation, 1);
 * try (Connection connection = DriverManager.getConnection(cluster.jdbcUrl())) {
 *     cluster.failOver();
 * }
 * }</pre>
 *
 * <p>In a dry run of its scope nothing is done to it. Each server takes some 50 to 100 ms and 40 MB in memory. Safe for use by many threads; what happens to it, one after the
 * other.
 *
 * @since 0.1
 */
public final class PostgresCluster implements AutoCloseable {
    private static final int STANDBYS_MAX = 16;

    private final ChaosScope scope;
    private final PostgresInstallation installation;
    private final Map<String, String> settings;
    private final PostgresServer first;
    private final List<Standby> others = new CopyOnWriteArrayList<>();
    private volatile PostgresServer primary;
    private int named = 1;

    private PostgresCluster(ChaosScope scope, PostgresInstallation installation, Map<String, String> settings) {
        this.scope = scope;
        this.installation = installation;
        this.settings = Map.copyOf(settings);
        this.first = installation.start(settings);
        this.primary = first;
    }

    /**
     * Starts a primary and standbys that stream from it. The scope owns them.
     *
     * @param standbys 0 to 16
     * @throws dev.chaostest.postgres.server.PostgresUnavailableException if one does not start
     */
    public static PostgresCluster open(ChaosScope scope, PostgresInstallation installation, int standbys) {
        return open(scope, installation, standbys, Map.of());
    }

    /**
     * As {@link #open(ChaosScope, PostgresInstallation, int)}, with settings.
     *
     * @param settings by name, for all servers
     */
    public static PostgresCluster open(
            ChaosScope scope, PostgresInstallation installation, int standbys, Map<String, String> settings) {
        if (standbys < 0 || standbys > STANDBYS_MAX) {
            throw new ChaosException("A cluster must have 0 to " + STANDBYS_MAX + " standbys, but was to have "
                    + standbys + ". Start with 1.");
        }
        PostgresCluster cluster =
                scope.own("cluster of " + (standbys + 1), new PostgresCluster(scope, installation, settings));
        for (int i = 0; i < standbys; i++) {
            cluster.addStandby();
        }
        return cluster;
    }

    /** The server that took over last; at first the one that was started as the primary. It may be stopped. */
    public PostgresServer primary() {
        return primary;
    }

    /** Those that follow, in the order in which they were made; without those that were promoted. */
    public List<Standby> standbys() {
        return others.stream().filter(standby -> !standby.isPromoted()).toList();
    }

    /**
     * One of {@link #standbys}.
     *
     * @param index from 0
     */
    public Standby standby(int index) {
        List<Standby> all = standbys();
        if (index < 0 || index >= all.size()) {
            throw new ChaosException("The cluster must have a standby " + index + ", but has " + all.size()
                    + ", counted from 0. Add one, or name another.");
        }
        return all.get(index);
    }

    /** Every server, whatever it is now, in the order in which they were made. */
    public List<PostgresServer> servers() {
        return Stream.concat(Stream.of(first), others.stream().map(Standby::server))
                .distinct()
                .toList();
    }

    /** One more standby, copied from the primary as it is now. */
    public synchronized Standby addStandby() {
        Standby standby = Standby.open(scope, installation, primary, "node_" + ++named, settings);
        others.add(standby);
        return standby;
    }

    /** A URL of the database postgres that names all servers, of which the driver takes the one that takes writes. */
    public String jdbcUrl() {
        return jdbcUrl("postgres", "primary");
    }

    /**
     * A URL that names all servers there are now.
     *
     * <p>Where two take writes ({@link #requireOnePrimary}), the driver takes the first of them. It forgets what it knew of a
     * server at once ({@code hostRecheckSeconds=0}; its default is 10 seconds).
     *
     * @param database its name
     * @param targetServerType as the driver knows it: {@code primary}, {@code secondary}, {@code preferSecondary}, {@code any}
     */
    public String jdbcUrl(String database, String targetServerType) {
        String hosts = servers().stream()
                .map(server -> server.host() + ":" + server.port())
                .collect(Collectors.joining(","));
        String one = first.jdbcUrl(database);
        return one.replace(first.host() + ":" + first.port(), hosts) + "&targetServerType=" + targetServerType
                + "&hostRecheckSeconds=0";
    }

    /**
     * Has each commit on the primary wait until one of the standbys has it, too.
     *
     * @return closing makes the cluster asynchronous again
     * @throws ChaosException if no standby streams: each commit would hang
     */
    public SynchronousReplication synchronous() {
        if (standbys().isEmpty()) {
            throw new ChaosException("A synchronous cluster must have a standby, but there is none. Add one first:"
                    + " each commit would hang.");
        }
        standbys().get(0).follower().awaitStreaming();
        return SynchronousReplication.open(scope, primary);
    }

    /** As {@link #failOver(Standby)}, to the standby that has got most. */
    public Failover failOver() {
        List<Standby> candidates = standbys();
        if (candidates.isEmpty()) {
            throw new ChaosException(
                    "A cluster must have a standby to fail over to, but there is none. Add one first.");
        }
        return failOver(candidates);
    }

    /**
     * Kills the primary with all its processes, as by a power failure, and promotes a standby; the others follow it.
     *
     * <p>Sessions of the primary get 08006, new ones 08001 until the promotion. What the standby had not got is lost. The old
     * primary keeps its data: {@link #rejoin} or {@link #fence} it before it is started again.
     *
     * @return who is primary now, and how long that took; in a dry run, nothing is done
     */
    public Failover failOver(Standby standby) {
        return failOver(List.of(standby));
    }

    private synchronized Failover failOver(List<Standby> candidates) {
        candidates.forEach(this::requireFollower);
        return new Takeover(scope, primary, candidates).run(this::takeOver);
    }

    /**
     * Promotes a standby while the old primary may go on: two then take writes, if nobody {@linkplain #fence fences} it.
     *
     * <p>The other standbys follow the new one; those that had got more than it are copied anew.
     */
    public synchronized void promote(Standby standby) {
        requireFollower(standby);
        standby.promote();
        if (standby.isPromoted()) {
            takeOver(standby);
        }
    }

    private void requireFollower(Standby standby) {
        if (!standbys().contains(standby)) {
            throw new ChaosException("What is promoted must be a standby of this cluster, but was " + standby
                    + ". Take one of " + standbys() + ".");
        }
    }

    private void takeOver(Standby next) {
        primary = next.server();
        for (Standby other : standbys()) {
            if (other.server().isRunning()) {
                other.follower().goOnWith(next.follower());
            }
        }
    }

    /** Those that run and take writes; more than one is a split brain. */
    public List<PostgresServer> writable() {
        return SplitBrain.writable(servers());
    }

    /**
     * Checks that exactly one server takes writes.
     *
     * @throws AssertionError if two do, or none; the message tells of each its timeline and where its history ends
     */
    public void requireOnePrimary() {
        SplitBrain.requireOne(servers());
    }

    /**
     * Kills a server and marks its data, so that whoever starts it again gets a server that takes no writes: 25006.
     *
     * @param server one of this cluster, and not the primary of now
     * @return closing stops it and takes the mark away; it is not started
     */
    public Injection fence(PostgresServer server) {
        requireOld(server, "fenced");
        return Fence.raise(scope, server);
    }

    /**
     * Has a former primary follow the primary of now, on a new copy of its data, on its old port. What only it had committed
     * is gone.
     *
     * @param server one of this cluster, and not the primary of now; stopped, if it runs
     */
    public synchronized Standby rejoin(PostgresServer server) {
        requireOld(server, "rejoined");
        server.stop(StopMode.CRASH);
        for (Standby known : others) {
            if (known.server() == server) {
                known.follower().rebase(primary);
                return known;
            }
        }
        Standby standby = Standby.of(scope, Follower.over(server, primary, "node_1"));
        others.add(0, standby);
        return standby;
    }

    private void requireOld(PostgresServer server, String what) {
        if (!servers().contains(server) || server == primary) {
            throw new ChaosException("What is " + what + " must be a former primary of this cluster, but " + server
                    + (server == primary ? " is its primary now" : " is none of it")
                    + ". Promote a standby first, and name the primary before that.");
        }
    }

    /**
     * Ends all servers, and removes their data. The second time it does nothing.
     *
     * <p>The primary ends first: a standby that ends before it waits until its slot there is free, which one whose walsender
     * stands still never is.
     */
    @Override
    public void close() {
        List<Runnable> closes = new ArrayList<>();
        closes.add(primary::close);
        others.forEach(standby -> closes.add(standby::close));
        closes.add(first::close);
        Closing.all(closes);
    }

    @Override
    public String toString() {
        return "cluster with the primary on port " + primary.port() + " and " + standbys();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.Lsn;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.cluster.internal.SettingChange;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Follows a primary of ours by streaming replication, and answers queries meanwhile.
 *
 * <p>Its readers see what the primary committed some milliseconds ago; what writes is refused there with 25006. It can be
 * made to lag, on demand and exactly: {@link #freezeStreaming} (the standby gets nothing), {@link #pauseReplay} (it gets
 * everything, its readers see nothing of it), {@link #delayReplay} (they see it later).
 *
 * <pre>{@code
 * try (Injection frozen = standby.freezeStreaming()) {
 *     orders.place(order);                       // acknowledged by the primary
 *     assertThat(ordersOn(standby)).isEmpty();   // stale
 * }
 * standby.awaitCaughtUp();
 * }</pre>
 *
 * <p>In a dry run of its scope nothing is done to it. Defaults: asynchronous, a slot at the primary, so that it never needs what the primary has thrown away. Copying takes
 * what the data takes: some 50 ms for a small server in memory.
 *
 * <p>Safe for use by many threads. Source: PostgreSQL, "Log-Shipping Standby Servers", "Hot Standby".
 *
 * @since 0.1
 */
public final class Standby implements AutoCloseable {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,39}");
    private static final Duration DELAY_MAX = Duration.ofDays(1);

    private final ChaosScope scope;
    private final Follower follower;

    private Standby(ChaosScope scope, Follower follower) {
        this.scope = scope;
        this.follower = follower;
    }

    /**
     * Copies a running primary and has the copy follow it; returns when it streams. The scope owns it.
     *
     * @param primary one that was started from the same installation
     * @param name in lower case, as PostgreSQL shows it in {@code pg_stat_replication}; no other standby there has it
     * @throws ChaosException if the primary does not run, is a standby, has tablespaces of its own, or a standby of that name
     */
    public static Standby open(
            ChaosScope scope, PostgresInstallation installation, PostgresServer primary, String name) {
        return open(scope, installation, primary, name, Map.of());
    }

    /**
     * As {@link #open(ChaosScope, PostgresInstallation, PostgresServer, String)}, with settings for this server.
     *
     * @param settings by name; {@code max_connections} and its like must not be below the primary's
     */
    public static Standby open(
            ChaosScope scope,
            PostgresInstallation installation,
            PostgresServer primary,
            String name,
            Map<String, String> settings) {
        if (!NAME.matcher(name).matches()) {
            throw new ChaosException("A standby's name must be a lower-case letter and up to 39 letters, digits or"
                    + " underscores, but was \"" + name + "\". Use for example \"standby_1\".");
        }
        return of(scope, Follower.start(installation, primary, name, settings));
    }

    static Standby of(ChaosScope scope, Follower follower) {
        return scope.own("standby " + follower.name(), new Standby(scope, follower));
    }

    /** Its name, which the primary knows it by. */
    public String name() {
        return follower.name();
    }

    /** The server. */
    public PostgresServer server() {
        return follower.server();
    }

    /** Whom it follows; whom it followed last, once it is promoted. */
    public PostgresServer primary() {
        return follower.primary();
    }

    /** A URL for the database postgres on this server alone. */
    public String jdbcUrl() {
        return server().jdbcUrl();
    }

    /** Whether it has been promoted: it takes writes and follows nobody. */
    public boolean isPromoted() {
        return follower.isPromoted();
    }

    /**
     * Asks both servers how far it is behind what the primary has flushed.
     *
     * @throws ChaosException if one of them does not answer
     */
    public Lag lag() {
        long primaryLsn;
        try (Admin admin = Admin.of(primary())) {
            primaryLsn =
                    Lsn.of(admin.text("SELECT pg_current_wal_flush_lsn()")).position();
        }
        Follower.Position at = follower.position();
        return new Lag(
                primaryLsn, at.received().position(), at.replayed().position());
    }

    /**
     * Waits until its readers see everything that is committed at the primary now; 30 s at most.
     *
     * @throws ChaosException if it does not get so far, with what holds it back
     */
    public void awaitCaughtUp() {
        awaitCaughtUp(Poll.DEADLINE);
    }

    /**
     * As {@link #awaitCaughtUp()}, with another deadline.
     *
     * @param deadline zero looks once
     */
    public void awaitCaughtUp(Duration deadline) {
        follower.awaitCaughtUp(deadline);
    }

    /**
     * Has it get nothing more from its primary: the primary's walsender stands still.
     *
     * <p>Its readers see an old state, and the primary goes on. If the primary is lost now, everything that it acknowledges
     * from here on is lost with it. Commits that wait for this standby ({@link SynchronousReplication}) hang.
     *
     * @return closing has it stream again; it does not wait for what was missed
     * @throws ChaosException if it does not stream
     */
    public Injection freezeStreaming() {
        requireFollowing("stop streaming");
        ServerProcess walsender = follower.walsender();
        String what = "freeze walsender " + walsender.pid() + " of standby " + name();
        return Command.strike(scope, what, Reach.SERVER, () -> {
            walsender.freeze();
            return () -> {
                boolean alive = walsender.isAlive();
                walsender.thaw();
                return alive ? "the walsender goes on" : "the walsender is gone with its server";
            };
        });
    }

    /**
     * Stops replay: the standby still gets and keeps everything, but its readers see nothing of it.
     *
     * <p>Nothing is lost when it is promoted then. Commits that wait until it is <em>applied</em> hang.
     *
     * @return closing resumes
     */
    public Injection pauseReplay() {
        requireFollowing("pause");
        return Command.strike(scope, "pause replay of standby " + name(), Reach.SERVER, () -> {
            follower.pause();
            return this::resume;
        });
    }

    private String resume() {
        if (isPromoted() || !server().isRunning()) {
            return "it is no standby any more";
        }
        follower.resume();
        return "replay goes on";
    }

    /**
     * Has its readers see each commit so much later than the primary's clock says that it was made.
     *
     * @param delay 1 ms to a day
     * @return closing ends the delay
     */
    public Injection delayReplay(Duration delay) {
        return set("recovery_min_apply_delay", delay, "delay replay of standby " + name() + " by ");
    }

    /**
     * Says how long a query here may hold up replay before it is cancelled; 30 s if nobody says.
     *
     * <p>A query that needs what a VACUUM removed, or a table that the primary locks in ACCESS EXCLUSIVE mode, then fails
     * with 40001; a session that is idle in a transaction is ended by it. {@link #conflicts} counts them.
     *
     * @param patience 1 ms to a day
     * @return closing sets it back
     */
    public Injection cancelConflictsAfter(Duration patience) {
        return set("max_standby_streaming_delay", patience, "cancel conflicting queries on standby " + name()
                + " after ");
    }

    private Injection set(String setting, Duration value, String what) {
        if (value.toMillis() < 1 || value.compareTo(DELAY_MAX) > 0) {
            throw new ChaosException(setting + " must be from 1ms to a day, but was " + Durations.print(value)
                    + ". To have none, open no injection.");
        }
        requireFollowing("have another " + setting);
        return Command.strike(scope, what + Durations.print(value), Reach.SERVER, () -> {
            SettingChange change = SettingChange.apply(server(), setting, value.toMillis() + "ms");
            return () -> {
                change.undo();
                return setting + " is as before";
            };
        });
    }

    /** How many queries of all databases here were cancelled since they stood in the way of replay. */
    public long conflicts() {
        try (Admin admin = Admin.of(server())) {
            return admin.number("SELECT sum(conflicts) FROM pg_stat_database");
        }
    }

    /**
     * Has it take writes from now on, on a timeline of its own. Its sessions stay. For a whole cluster, use {@link
     * PostgresCluster#promote}, which has the others follow it. In a dry run nothing is done.
     *
     * @throws ChaosException if it does not within 30 s
     */
    public void promote() {
        requireFollowing("be promoted");
        scope.requireFaultsAllowed();
        if (Command.isDryRun(scope, "promote standby " + name())) {
            return;
        }
        var entry = scope.ledger().commanded("promote standby " + name(), Reach.SERVER);
        follower.promote();
        scope.ledger().healed(entry, name() + " takes writes");
    }

    /**
     * Throws its data away, and follows its primary on a new copy, on the same port: for a primary that was restored to
     * something else. Its sessions get 08006.
     */
    public void copyAnew() {
        if (isPromoted()) {
            requireFollowing("be copied anew");
        }
        follower.rebase(primary());
    }

    private void requireFollowing(String what) {
        if (isPromoted() || !server().isRunning()) {
            throw new ChaosException("Standby " + name() + " must follow a primary to " + what + ", but "
                    + (isPromoted() ? "it has been promoted" : "its server does not run") + ". Do that before, or to"
                    + " another standby.");
        }
    }

    Follower follower() {
        return follower;
    }

    /**
     * Ends it, removes its data, and takes its slot back at the primary. The second time it does nothing.
     *
     * @throws ChaosException if its processes, its directory or its slot are still there
     */
    @Override
    public void close() {
        follower.close();
    }

    @Override
    public String toString() {
        return "standby " + name() + " on port " + server().port() + (isPromoted() ? ", promoted" : " of "
                + primary().port());
    }
}

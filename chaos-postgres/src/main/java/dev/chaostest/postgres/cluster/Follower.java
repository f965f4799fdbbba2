// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.cluster.internal.Lsn;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.cluster.internal.SettingChange;
import dev.chaostest.postgres.cluster.internal.StandbyData;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server, whom it follows, and the mechanics of that. */
final class Follower implements AutoCloseable {
    /** Up to where it has got and replayed the write-ahead log. */
    record Position(Lsn received, Lsn replayed) {}

    private final PostgresServer server;
    private final String name;
    private volatile PostgresServer primary;
    private volatile boolean promoted;
    private volatile Lsn promotedAt = new Lsn(0);
    private boolean closed;

    private Follower(PostgresServer server, String name, PostgresServer primary) {
        this.server = server;
        this.name = name;
        this.primary = primary;
    }

    static Follower start(
            PostgresInstallation installation, PostgresServer primary, String name, Map<String, String> settings) {
        requirePrimary(primary, name);
        Follower follower = null;
        try {
            PostgresServer server = installation.start(new StandbyData(primary, name), settings);
            follower = new Follower(server, name, primary);
            follower.awaitStreaming();
            return follower;
        } catch (RuntimeException e) {
            release(follower, primary, name, e);
            throw e;
        }
    }

    /** A standby that a stopped server becomes, on a new copy of the primary and on its own port. */
    static Follower over(PostgresServer stopped, PostgresServer primary, String name) {
        requirePrimary(primary, name);
        Follower follower = new Follower(stopped, name, primary);
        follower.rebase(primary);
        return follower;
    }

    private static void release(
            @Nullable Follower half, PostgresServer primary, String name, RuntimeException e) {
        try {
            if (half == null) {
                Slots.drop(primary, name);
            } else {
                half.close();
            }
        } catch (RuntimeException also) {
            e.addSuppressed(also);
        }
    }

    private static void requirePrimary(PostgresServer primary, String name) {
        if (!primary.isRunning()) {
            throw new ChaosException("The primary of standby " + name + " must run, but the server on port "
                    + primary.port() + " does not. Start it first.");
        }
        try (Admin admin = Admin.of(primary)) {
            if (admin.is("SELECT pg_is_in_recovery()")) {
                throw new ChaosException("The primary of standby " + name + " must take writes, but the server on port "
                        + primary.port() + " is a standby itself. Name the primary, or promote it first.");
            }
            if (admin.is("SELECT count(*) > 0 FROM pg_replication_slots WHERE slot_name = ?", name)) {
                throw new ChaosException("A standby's name must be new to its primary, but the server on port "
                        + primary.port() + " has a slot \"" + name + "\" already. Choose another name.");
            }
        }
    }

    PostgresServer server() {
        return server;
    }

    String name() {
        return name;
    }

    PostgresServer primary() {
        return primary;
    }

    boolean isPromoted() {
        return promoted;
    }

    Position position() {
        try (Admin admin = Admin.of(server)) {
            List<String> row = admin.rows("""
                    SELECT greatest(coalesce(pg_last_wal_receive_lsn(), '0/0'), replayed), replayed
                    FROM coalesce(pg_last_wal_replay_lsn(), '0/0') AS replayed""").get(0);
            return new Position(Lsn.of(row.get(0)), Lsn.of(row.get(1)));
        }
    }

    void awaitStreaming() {
        try (Admin admin = Admin.of(primary)) {
            Poll.until(
                    "Standby " + name + " must stream from the server on port " + primary.port(),
                    () -> "streaming".equals(state(admin)),
                    () -> "its state there is " + state(admin) + "; its log ends with:\n" + server.logTail() + "\n",
                    "Thaw what is frozen, or copy it anew.");
        }
    }

    private String state(Admin admin) {
        return admin.text("SELECT state FROM pg_stat_replication WHERE application_name = ?", name);
    }

    void awaitCaughtUp(Duration deadline) {
        Lsn goal;
        try (Admin admin = Admin.of(primary)) {
            // Not sent until it is flushed; nobody else may flush what was committed with synchronous_commit = off.
            admin.flush();
            goal = Lsn.of(admin.text("SELECT pg_current_wal_flush_lsn()"));
        }
        try (Admin admin = Admin.of(server)) {
            Poll.until(
                    deadline,
                    "Standby " + name + " must replay up to " + goal,
                    () -> admin.is("SELECT pg_last_wal_replay_lsn() >= ?::pg_lsn", goal.toString()),
                    () -> "is at " + admin.text("SELECT pg_last_wal_replay_lsn()") + " and replay is "
                            + admin.text("SELECT pg_get_wal_replay_pause_state()"),
                    "Close what holds it back.");
        }
    }

    /** The process of the primary that sends to this standby. */
    ServerProcess walsender() {
        awaitStreaming();
        try (Admin admin = Admin.of(primary)) {
            return new ServerProcess(
                    primary, admin.number("SELECT pid FROM pg_stat_replication WHERE application_name = ?", name));
        }
    }

    void pause() {
        replay("pg_wal_replay_pause", "paused");
    }

    void resume() {
        replay("pg_wal_replay_resume", "not paused");
    }

    private void replay(String function, String state) {
        try (Admin admin = Admin.of(server)) {
            admin.one("SELECT " + function + "()");
            Poll.until(
                    "Replay of standby " + name + " must be " + state,
                    () -> state.equals(admin.one("SELECT pg_get_wal_replay_pause_state()")),
                    () -> "it is " + admin.text("SELECT pg_get_wal_replay_pause_state()"),
                    "End the query that holds it up.");
        }
    }

    /** Where its own history began when it was promoted. */
    Lsn promotedAt() {
        return promotedAt;
    }

    void promote() {
        try (Admin admin = Admin.of(server)) {
            admin.one("SELECT pg_promote(false)"); // true would look every 100 ms only
            Poll.until(
                    "Standby " + name + " must be promoted",
                    () -> !admin.is("SELECT pg_is_in_recovery()"),
                    () -> "is still a standby; its log ends with:\n" + server.logTail() + "\n",
                    "End the query that holds up replay.");
            // All that it had got was replayed before; a page or so of its own history may be in it already.
            promotedAt = Lsn.of(admin.text("SELECT pg_last_wal_replay_lsn()"));
        }
        promoted = true;
    }

    /** Follows another primary, whose history goes on from what this one has. */
    void follow(PostgresServer other) {
        PostgresServer before = primary;
        StandbyData data = new StandbyData(other, name);
        data.reserve();
        try {
            new DataDirectory(server.dataDirectory()).configure(data.settings());
        } catch (IOException e) {
            throw unwritable(e);
        }
        primary = other;
        SettingChange.reload(server);
        awaitStreaming();
        Slots.drop(before, name);
    }

    /** Throws its data away and follows on a new copy. Sessions are lost with 08006. */
    void rebase(PostgresServer other) {
        PostgresServer before = primary;
        server.stop(StopMode.IMMEDIATE);
        Slots.drop(before, name);
        try {
            new DataDirectory(server.dataDirectory()).replace(new StandbyData(other, name));
        } catch (IOException e) {
            throw unwritable(e);
        }
        primary = other;
        promoted = false;
        server.start();
        awaitStreaming();
    }

    private ChaosException unwritable(IOException e) {
        return new ChaosException(
                "The data of standby " + name + " in " + server.dataDirectory() + " must be written, but that failed: "
                        + e + ". Make room there.",
                e);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            server.close();
        } finally {
            if (!promoted) {
                Slots.drop(primary, name);
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.cluster.internal.SettingChange;
import dev.chaostest.postgres.server.PostgresServer;
import java.time.Duration;
import java.util.List;

/**
 * Has each commit wait until a standby has it, too; closing makes the cluster asynchronous again, and frees what hangs.
 *
 * <p>With it nothing acknowledged is lost in a fail-over to that standby. While no standby answers, commits hang for ever,
 * with the transaction committed already and visible to nobody. An operator's two ways out do not undo it:
 *
 * <ul>
 *   <li>{@link #cancel}: the statement <em>succeeds</em>, with the warning 01000; the row is committed on the primary only.
 *   <li>{@link #terminate}: the client gets 08006 or 57P01, and the row is committed, too: an unknown outcome.
 * </ul>
 *
 * <pre>{@code
 * try (SynchronousReplication sync = cluster.synchronous(); Injection frozen = standby.freezeStreaming()) {
 *     Future<?> order = executor.submit(() -> orders.place(book));
 *     sync.terminate(sync.awaitHanging());
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads. Source: PostgreSQL, "Synchronous Replication".
 *
 * @since 0.1
 */
public final class SynchronousReplication implements Injection {
    private static final String HANGING = """
            SELECT pid, query FROM pg_stat_activity
            WHERE wait_event = 'SyncRep' AND backend_type = 'client backend' ORDER BY query_start, pid""";

    private final ChaosScope scope;
    private final PostgresServer primary;
    private final Injection setting;

    private SynchronousReplication(ChaosScope scope, PostgresServer primary, Injection setting) {
        this.scope = scope;
        this.primary = primary;
        this.setting = setting;
    }

    static SynchronousReplication open(ChaosScope scope, PostgresServer primary) {
        String what = "wait for a standby at each commit on port " + primary.port();
        Injection setting = Command.strike(scope, what, Reach.SERVER, () -> {
            SettingChange change = SettingChange.apply(primary, "synchronous_standby_names", "*");
            awaitForce(primary);
            return () -> undo(change);
        });
        return new SynchronousReplication(scope, primary, setting);
    }

    private static String undo(SettingChange change) {
        change.undo();
        if (change.server().isRunning()) {
            awaitForce(change.server());
        }
        return "commits wait for no standby";
    }

    /**
     * It is the checkpointer that puts the setting into force, when it wakes up; nobody can look at that. But it does so
     * before it does a checkpoint, at the latest before the second one: the first may have begun meanwhile.
     */
    private static void awaitForce(PostgresServer primary) {
        try (Admin admin = Admin.of(primary)) {
            admin.run("CHECKPOINT");
            admin.run("CHECKPOINT");
        }
    }

    /** The sessions whose commits wait now, the oldest first. */
    public List<HangingCommit> hanging() {
        try (Admin admin = Admin.of(primary)) {
            return hanging(admin);
        }
    }

    private static List<HangingCommit> hanging(Admin admin) {
        return admin.rows(HANGING).stream()
                .map(row -> new HangingCommit(Long.parseLong(row.get(0)), row.get(1)))
                .toList();
    }

    /**
     * Waits until a commit hangs; 30 s at most.
     *
     * @return the oldest
     * @throws ChaosException if none does
     */
    public HangingCommit awaitHanging() {
        return awaitHanging(Poll.DEADLINE);
    }

    /**
     * As {@link #awaitHanging()}, with another deadline.
     *
     * @param deadline zero looks once
     */
    public HangingCommit awaitHanging(Duration deadline) {
        try (Admin admin = Admin.of(primary)) {
            Poll.until(
                    deadline,
                    "A commit on port " + primary.port() + " must hang",
                    () -> !hanging(admin).isEmpty(),
                    () -> "none does",
                    "Freeze the standbys first, and commit with synchronous_commit = on.");
            return hanging(admin).get(0);
        }
    }

    /**
     * Cancels the wait: the client gets its answer, with the warning 01000.
     *
     * @throws ChaosException if it does not hang any more
     */
    public void cancel(HangingCommit commit) {
        end("pg_cancel_backend", commit);
    }

    /**
     * Ends the session: the client learns nothing about its transaction, which is committed.
     *
     * @throws ChaosException if it does not hang any more
     */
    public void terminate(HangingCommit commit) {
        end("pg_terminate_backend", commit);
    }

    private void end(String function, HangingCommit commit) {
        scope.requireFaultsAllowed();
        try (Admin admin = Admin.of(primary)) {
            if (hanging(admin).stream().noneMatch(other -> other.pid() == commit.pid())) {
                throw new ChaosException("The commit of process " + commit.pid() + " must hang to be ended, but does"
                        + " not. Take one that hanging() shows.");
            }
            var entry = scope.ledger().commanded(function + " " + commit.pid(), Reach.SESSION);
            admin.one("SELECT " + function + "(?)", (int) commit.pid());
            Poll.until(
                    "The commit of process " + commit.pid() + " must not hang any more",
                    () -> hanging(admin).stream().noneMatch(other -> other.pid() == commit.pid()),
                    () -> "it does",
                    "Thaw its backend.");
            scope.ledger().healed(entry, "the commit does not hang any more");
        }
    }

    @Override
    public boolean isActive() {
        return setting.isActive();
    }

    @Override
    public void close() {
        setting.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.cluster.Standby;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.cluster.internal.Lsn;
import dev.chaostest.postgres.cluster.internal.Wal;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerData;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Is one line of a database's life: a server of its own, the history that led to it, and the branches that came from it.
 *
 * <p>{@link #restore} and {@link #resetToParent} change what the server holds; its port and URL stay. Sessions get 57P01
 * then, new ones 08001 or 57P03 for some 100 ms. Readers come back with it. To keep the state from before, branch it first:
 *
 * <pre>{@code
 * RestorePoint snapshot = branch.mark("snapshot-1");
 * service.run();
 * Branch kept = branch.branchNow("before-restore");
 * branch.restore(snapshot);
 * }</pre>
 *
 * <p>Safe for use by many threads; what changes it goes one after the other.
 *
 * @since 0.1
 */
public final class Branch implements AutoCloseable {
    private final Branches branches;
    private final String name;
    private final @Nullable Branch parent;
    private final PostgresServer server;
    private final List<Standby> readers = new CopyOnWriteArrayList<>();
    private volatile History history;
    private int marks;
    private int readersNamed;

    Branch(Branches branches, String name, @Nullable Branch parent, PostgresServer server, History history) {
        this.branches = branches;
        this.name = name;
        this.parent = parent;
        this.server = server;
        this.history = history;
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What it came from; empty for the main branch. */
    public Optional<Branch> parent() {
        return Optional.ofNullable(parent);
    }

    /** The open branches that came from it, in the order in which they were made. */
    public List<Branch> children() {
        return branches.all().stream().filter(other -> other.parent == this).toList();
    }

    /** The server, the same one as long as the branch is open. */
    public PostgresServer server() {
        return server;
    }

    /** A URL for its database postgres. */
    public String jdbcUrl() {
        return server.jdbcUrl();
    }

    History history() {
        return history;
    }

    /**
     * Marks this moment: what is committed now, and nothing that commits later.
     *
     * @param mark up to 63 bytes, for messages and for PostgreSQL; need not be new
     */
    public RestorePoint mark(String mark) {
        try (Admin admin = Admin.of(server)) {
            Lsn lsn = Lsn.of(admin.text("SELECT pg_create_restore_point(?)", mark));
            Wal now = Wal.of(admin);
            return new RestorePoint(mark, this, history, new Wal(now.timeline(), lsn, now.at()));
        }
    }

    /** Makes a branch of the state of now; as {@link #branchAt(String, RestorePoint)}. */
    public Branch branchNow(String child) {
        return branchAt(child, now());
    }

    private RestorePoint now() {
        synchronized (branches) {
            return mark("now_" + ++marks);
        }
    }

    /**
     * Makes a branch of the state at a mark, on a server of its own.
     *
     * @param child 1 to 40 letters, digits, - or _; new
     * @param point one of this branch
     * @throws ChaosException if the point is another branch's, or of a history that this branch has lost
     */
    public Branch branchAt(String child, RestorePoint point) {
        requireOwn(point);
        synchronized (branches) {
            return branches.fork(child, this, sealed(Goal.of(point)));
        }
    }

    /**
     * Makes a branch of the state at any moment of its history, on a server of its own.
     *
     * @param child 1 to 40 letters, digits, - or _; new
     * @throws ChaosException if the target is not in its history
     */
    public Branch branchAt(String child, RecoveryTarget target) {
        synchronized (branches) {
            return branches.fork(child, this, sealed(Goal.of(this, target)));
        }
    }

    /** Shows the state at a mark, for reading only. The scope owns the endpoint. */
    public ReadOnlyEndpoint readAt(RestorePoint point) {
        requireOwn(point);
        synchronized (branches) {
            return branches.look(sealed(Goal.of(point)));
        }
    }

    /** Shows the state at any moment of its history, for reading only. The scope owns the endpoint. */
    public ReadOnlyEndpoint readAt(RecoveryTarget target) {
        synchronized (branches) {
            return branches.look(sealed(Goal.of(this, target)));
        }
    }

    /**
     * Puts it back to a mark: one of its own, also one after a moment that it was put back to meanwhile; or another branch's,
     * whose history it then goes on with.
     */
    public void restore(RestorePoint point) {
        synchronized (branches) {
            replace("restore branch " + name + " to " + point, sealed(Goal.of(point)));
        }
    }

    /** Puts it back to any moment of its history. */
    public void restore(RecoveryTarget target) {
        synchronized (branches) {
            Goal goal = sealed(Goal.of(this, target));
            if (!goal.isCertain()) {
                branches.look(goal).close(); // else what is there now would be gone for nothing
            }
            replace("restore branch " + name + " to " + target, goal);
        }
    }

    /**
     * Puts it to the state that its parent has now. Its own history is gone, with its marks.
     *
     * @throws ChaosException if it is the main branch
     */
    public void resetToParent() {
        Branch origin = parent;
        if (origin == null) {
            throw new ChaosException("Branch main must have a parent to be reset to, but has none. Restore it to a mark.");
        }
        synchronized (branches) {
            replace("reset branch " + name + " to " + origin.name, origin.sealed(Goal.of(origin.now())));
        }
    }

    /** One more server that follows this branch and takes no writes: a read-only endpoint. Closing it removes it. */
    public Standby addReader() {
        synchronized (branches) {
            Standby reader = Standby.open(
                    branches.scope(),
                    branches.installation(),
                    server,
                    "reader_" + ++readersNamed,
                    branches.settings());
            readers.add(reader);
            return reader;
        }
    }

    /** Those that are open, in the order in which they were made. */
    public List<Standby> readers() {
        readers.removeIf(reader -> !reader.server().isRunning());
        return List.copyOf(readers);
    }

    private void requireOwn(RestorePoint point) {
        if (point.branch() != this) {
            throw new ChaosException("A branch of " + name + " must begin at a point of " + name + ", but " + point
                    + " is another's. Branch that one.");
        }
    }

    /** What is there now must be in the archive before it is looked for, or before it is replaced. */
    private Goal sealed(Goal goal) {
        try {
            goal.branch().history.seal(goal.branch(), branches.copies());
            return goal;
        } catch (IOException e) {
            throw History.failed("A copy of branch " + goal.branch().name, e);
        }
    }

    private void replace(String what, Goal goal) {
        branches.scope().requireFaultsAllowed();
        if (branches.scope().round().wouldStrike() != null) {
            branches.scope().ledger().noted("dry run: would " + what);
            return;
        }
        var entry = branches.scope().ledger().commanded(what, Reach.SERVER);
        List<Standby> following = readers();
        Restoration restoration = new Restoration("Branch " + name, goal, true);
        server.stop(StopMode.FAST);
        try {
            new DataDirectory(server.dataDirectory()).replace(data(restoration));
        } catch (IOException e) {
            throw History.failed("The data of branch " + name, e);
        }
        try {
            server.start();
            restoration.awaitArrival(server);
            history.went(goal, Restoration.timeline(server));
        } catch (RuntimeException e) {
            throw restoration.missed(server, e);
        }
        following.forEach(Standby::copyAnew);
        branches.scope().ledger().healed(entry, "branch " + name + " takes writes");
    }

    private ServerData data(Restoration restoration) {
        History source = restoration.goal().history();
        return source == history
                ? restoration
                : directory -> {
                    History.remove(directory);
                    restoration.withHistory(forked -> history = forked).writeTo(directory);
                };
    }

    /**
     * Ends it, and removes its data. The second time it does nothing.
     *
     * @throws ChaosException if branches that came from it are open, or if it is the main branch and others are
     */
    @Override
    public void close() {
        synchronized (branches) {
            List<Branch> children = children();
            if (!children.isEmpty()) {
                throw new ChaosException("Branch " + name + " must have no branches to be closed, but has "
                        + children.stream().map(Branch::name).toList() + ". Close them first.");
            }
            end();
        }
    }

    void end() {
        readers.forEach(Standby::close);
        server.close();
        branches.forget(this);
    }

    @Override
    public String toString() {
        return "branch " + name + (parent == null ? "" : " of " + parent.name) + " on port " + server.port();
    }
}

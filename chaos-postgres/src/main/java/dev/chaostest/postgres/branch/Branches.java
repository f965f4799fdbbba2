// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.BaseBackup;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.server.PostgresInstallation;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * Runs a server that keeps its history, so that branches of it can be made: its state at now or at any past moment, each on
 * a server of its own that is written to without the others' seeing it.
 *
 * <p>Kept from the start of the main branch on: a first copy, and all of the write-ahead log. A branch goes on with a history
 * of its own, and can be branched, restored and reset in turn.
 *
 * <pre>{@code
 * Branches branches = Branches.open(scope, installation);
 * RestorePoint before = branches.main().mark("before");
 * migrate(branches.main().jdbcUrl());
 * Branch old = branches.main().branchAt("old", before);
 * }</pre>
 *
 * <p>In a dry run of its scope branches are made, but not restored or reset. Each branch takes about 100 ms and 40 MB in memory, plus the write-ahead log of its history; at most
 * {@value #BRANCHES_MAX}. Safe for use by many threads; what makes or changes branches goes one after the other.
 *
 * <p>Source: PostgreSQL, "Continuous Archiving and Point-in-Time Recovery".
 *
 * @since 0.1
 */
public final class Branches implements AutoCloseable {
    private static final int BRANCHES_MAX = 100;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,39}");

    private final ChaosScope scope;
    private final PostgresInstallation installation;
    private final Map<String, String> settings;
    private final Path copies;
    private final List<Branch> all = new CopyOnWriteArrayList<>();

    private Branches(
            ChaosScope scope, PostgresInstallation installation, Map<String, String> settings, PostgresServer main) {
        this.scope = scope;
        this.installation = installation;
        this.settings = Map.copyOf(settings);
        // With the first server's data, so that it goes with it, however the JVM ends.
        this.copies = main.dataDirectory().resolve(BaseBackup.OURS).resolve("copies");
    }

    /**
     * Starts the main branch, empty. The scope owns it and all that come from it.
     *
     * @throws dev.chaostest.postgres.server.PostgresUnavailableException if it does not start
     */
    public static Branches open(ChaosScope scope, PostgresInstallation installation) {
        return open(scope, installation, Map.of());
    }

    /**
     * As {@link #open(ChaosScope, PostgresInstallation)}, with settings.
     *
     * @param settings by name, for all branches; not those of archiving
     */
    public static Branches open(ChaosScope scope, PostgresInstallation installation, Map<String, String> settings) {
        for (String ours : History.settings().keySet()) {
            if (settings.containsKey(ours)) {
                throw new ChaosException("Branches need " + ours + " for themselves, but the settings have it: \""
                        + settings.get(ours) + "\". Leave it out.");
            }
        }
        PostgresServer server = scope.own("branch main", installation.start(archiving(settings)));
        Branches branches = scope.own("branches", new Branches(scope, installation, settings, server));
        branches.begin(server);
        return branches;
    }

    private static Map<String, String> archiving(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.putAll(History.settings());
        return all;
    }

    private void begin(PostgresServer server) {
        try {
            Files.createDirectories(copies);
            History.makeArchive(server.dataDirectory());
            new DataDirectory(server.dataDirectory()).adopt(Objects.requireNonNull(copies.getParent()));
            all.add(new Branch(this, "main", null, server, History.begin(server, copies)));
        } catch (IOException e) {
            throw History.failed("The history of branch main", e);
        }
    }

    /** The first branch, from which all others come. */
    public Branch main() {
        return all.get(0);
    }

    /** All that are open, in the order in which they were made. */
    public List<Branch> all() {
        return List.copyOf(all);
    }

    /**
     * One of them.
     *
     * @throws ChaosException if there is none of that name; the message lists them
     */
    public Branch branch(String name) {
        return all.stream()
                .filter(branch -> branch.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ChaosException("A branch must be one of " + names() + ", but was \"" + name
                        + "\". Make it first, or name another."));
    }

    private List<String> names() {
        return all.stream().map(Branch::name).toList();
    }

    /** For one at a time. */
    synchronized Branch fork(String name, Branch parent, Goal goal) {
        requireNew(name);
        Restoration restoration = new Restoration("Branch " + name, goal, true);
        AtomicReference<History> history = new AtomicReference<>();
        PostgresServer server =
                restoration.run(() -> installation.start(restoration.withHistory(history::set), archiving(settings)));
        History own = Objects.requireNonNull(history.get());
        own.went(goal, Restoration.timeline(server));
        Branch branch = new Branch(this, name, parent, server, own);
        all.add(branch);
        scope.ledger().noted("branch " + name + " of " + parent.name() + " at " + goal.target());
        return scope.own("branch " + name, branch);
    }

    synchronized ReadOnlyEndpoint look(Goal goal) {
        Restoration restoration =
                new Restoration("An endpoint of branch " + goal.branch().name(), goal, false);
        PostgresServer server =
                restoration.run(() -> installation.start(restoration.withHistory(ignored -> {}), settings));
        String moment = goal.target() + " of branch " + goal.branch().name();
        return scope.own("endpoint at " + moment, new ReadOnlyEndpoint(server, moment));
    }

    private void requireNew(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ChaosException("A branch's name must be 1 to 40 letters, digits, - or _, but was \"" + name
                    + "\". Use for example \"branch-1\".");
        }
        if (names().contains(name)) {
            throw new ChaosException("A branch's name must be new, but there is a branch " + name
                    + " already. Choose another, or close that one.");
        }
        if (all.size() >= BRANCHES_MAX) {
            throw new ChaosException("At most " + BRANCHES_MAX + " branches must be open, but " + name
                    + " would be one more. Close some.");
        }
    }

    void forget(Branch branch) {
        all.remove(branch);
    }

    ChaosScope scope() {
        return scope;
    }

    PostgresInstallation installation() {
        return installation;
    }

    Map<String, String> settings() {
        return settings;
    }

    Path copies() {
        return copies;
    }

    /** Ends all branches, the last one first, and removes their data. The second time it does nothing. */
    @Override
    public void close() {
        List<Branch> open = all();
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).end();
        }
    }

    @Override
    public String toString() {
        return "branches " + names();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.cluster.internal.Admin;
import dev.chaostest.postgres.cluster.internal.BaseBackup;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.cluster.internal.Poll;
import dev.chaostest.postgres.cluster.internal.Wal;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Everything that happened on a branch: copies to begin from, and the write-ahead log since. */
final class History {
    /** Relative, since the server's working directory is its data directory: no path needs quoting. */
    private static final String ARCHIVE = BaseBackup.OURS + "/archive";

    /** Readers never see a half-written file; the environment is not used but for where the commands are. */
    private static final String ARCHIVE_COMMAND =
            "cp \"%p\" " + ARCHIVE + "/%f.tmp && mv -f " + ARCHIVE + "/%f.tmp " + ARCHIVE + "/%f";

    private static final String RESTORE_COMMAND = "test -f " + ARCHIVE + "/%f && cp " + ARCHIVE + "/%f \"%p\"";

    /** More than this is not replayed: another copy is made to begin from. */
    private static final long REPLAY_MAX = 64L << 20;

    /** A megabyte each. */
    private static final int FILES_MAX = 4096;

    private final Path archive;
    private final List<Base> bases;

    private History(Path archive, List<Base> bases) {
        this.archive = archive;
        this.bases = new CopyOnWriteArrayList<>(bases);
    }

    /** What a server needs to keep its history. */
    static Map<String, String> settings() {
        return Map.of("archive_mode", "on", "archive_command", ARCHIVE_COMMAND);
    }

    static Map<String, String> restoring() {
        return Map.of("restore_command", RESTORE_COMMAND);
    }

    /** A history that begins with a copy of a server. */
    static History begin(PostgresServer server, Path copies) throws IOException {
        History history = new History(server.dataDirectory().resolve(ARCHIVE), List.of());
        history.addBase(server, copies);
        return history;
    }

    /** As this one up to now, for another server to go on with; its files are shared, since nobody changes them. */
    History forkTo(Path data) throws IOException {
        Path target = data.resolve(ARCHIVE);
        Files.createDirectories(target);
        try (Stream<Path> files = Files.list(archive)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (!name.endsWith(".tmp")) {
                    Files.createLink(target.resolve(name), file);
                }
            }
        }
        return new History(target, bases.stream().map(Base::copy).toList());
    }

    /** A goal was reached, and what happens from there on is a timeline of its own. */
    void went(Goal goal, int timeline) {
        Stream.concat(bases.stream().limit(1), bases.stream().skip(1).filter(base -> base.leadsTo(goal)))
                .forEach(base -> base.timelines().add(timeline));
    }

    static void makeArchive(Path data) throws IOException {
        Files.createDirectories(data.resolve(ARCHIVE));
    }

    /** Removes what a data directory has of a history that its server does not go on with. */
    static void remove(Path data) throws IOException {
        DataDirectory.delete(data.resolve(ARCHIVE));
    }

    private void addBase(PostgresServer server, Path copies) throws IOException {
        bases.add(Base.of(BaseBackup.of(server, Files.createTempDirectory(copies, "base-"))));
    }

    /** Where it can begin at the earliest. */
    BaseBackup oldest() {
        return bases.get(0).backup();
    }

    /** The copy to begin from so that least is replayed; the oldest leads to everything. */
    BaseBackup before(Goal goal) {
        BaseBackup best = oldest();
        for (Base base : bases) {
            if (base.leadsTo(goal)) {
                best = base.backup();
            }
        }
        return best;
    }

    /** Has everything that is committed now in the archive. */
    void seal(Branch branch, Path copies) throws IOException {
        requireRoom(branch);
        PostgresServer server = branch.server();
        Wal wal;
        try (Admin admin = Admin.of(server)) {
            admin.flush(); // recovery ends at a time only when it sees a later commit
            wal = Wal.of(admin);
            String file = admin.text("SELECT pg_walfile_name(pg_switch_wal())");
            await(branch, admin, file);
            if (wal.timeline() > 1) {
                await(branch, admin, String.format("%08X.history", wal.timeline()));
            }
        }
        Goal now = new Goal(branch, this, RecoveryTarget.lsn(wal.lsn().toString()), wal.timeline());
        if (wal.lsn().minus(before(now).end()) > REPLAY_MAX) {
            addBase(server, copies);
        }
    }

    private void requireRoom(Branch branch) throws IOException {
        long held;
        try (Stream<Path> files = Files.list(archive)) {
            held = files.count();
        }
        if (held > FILES_MAX) {
            throw new ChaosException("The history of branch " + branch.name() + " must hold at most " + FILES_MAX
                    + " MB of write-ahead log, but holds " + held
                    + ". Write less, or reset the branch to one with less.");
        }
    }

    private void await(Branch branch, Admin admin, String file) {
        Poll.until(
                "The write-ahead log of branch " + branch.name() + " must be archived up to " + file,
                () -> Files.exists(archive.resolve(file)),
                () -> "the archiver's last success was \""
                        + admin.text("SELECT coalesce(last_archived_wal, '') FROM pg_stat_archiver")
                        + "\" and its last failure \""
                        + admin.text("SELECT coalesce(last_failed_wal, '') FROM pg_stat_archiver") + "\"",
                "Make room in " + archive + ".");
    }

    static ChaosException failed(String what, IOException e) {
        return new ChaosException(
                what + " must be written, but that failed: " + e + ". Make room where the servers keep their data.", e);
    }
}

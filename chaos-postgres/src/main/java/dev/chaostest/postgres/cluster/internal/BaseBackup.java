// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A copy of a running server's data, consistent once the write-ahead log from its start on was replayed to its end.
 *
 * <p>Immutable. Source: PostgreSQL, "Making a Base Backup Using the Low Level API".
 *
 * @param directory the copy
 * @param timeline the timeline at its end
 * @param end where it is consistent
 * @param at when that was, by the server's clock, in microseconds since 1970
 */
public record BaseBackup(Path directory, int timeline, Lsn end, long at) {
    /** What is ours in a data directory, and no part of what the server keeps there. */
    public static final String OURS = "chaostest";

    /** Directories whose content belongs to the running server only. */
    private static final Set<String> EMPTIED = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final Set<String> LEFT_OUT = Set.of(
            OURS,
            "postmaster.pid",
            "postmaster.opts",
            "backup_label",
            "backup_label.old",
            "tablespace_map",
            "tablespace_map.old",
            "standby.signal",
            "recovery.signal",
            "postgresql.auto.conf.tmp",
            "pg_internal.init");

    private static final String CONTROL = "global/pg_control";
    private static final int CONTROL_READS_MAX = 100;

    /**
     * Copies.
     *
     * @param server running, and no standby
     * @param to an empty directory
     * @throws ChaosException if the server has tablespaces outside of its data directory
     */
    public static BaseBackup of(PostgresServer server, Path to) throws IOException {
        try (Admin admin = Admin.of(server)) {
            requireNoTablespaces(server, admin);
            admin.one("SELECT pg_backup_start('chaostest', true)");
            Path from = server.dataDirectory();
            copy(from, to);
            copyControl(from.resolve(CONTROL), to.resolve(CONTROL));
            List<String> end = admin.rows("SELECT lsn, labelfile FROM pg_backup_stop(false)")
                    .get(0);
            Files.writeString(to.resolve("backup_label"), end.get(1));
            Wal wal = Wal.of(admin);
            return new BaseBackup(to, wal.timeline(), Lsn.of(end.get(0)), wal.at());
        }
    }

    private static void requireNoTablespaces(PostgresServer server, Admin admin) {
        List<String> others = admin.all(
                "SELECT spcname FROM pg_tablespace WHERE spcname NOT IN ('pg_default', 'pg_global') ORDER BY spcname");
        if (!others.isEmpty()) {
            throw new ChaosException("The server on port " + server.port()
                    + " must keep everything in its data directory to be copied, but has the tablespaces " + others
                    + ". Drop them, or copy the server before it has them.");
        }
    }

    /** Copies what a copy of a data directory needs; what vanishes meanwhile is in the write-ahead log. */
    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                Path path = from.relativize(directory);
                if (isLeftOut(directory)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (!directory.equals(from)) {
                    Files.createDirectory(to.resolve(path));
                }
                return EMPTIED.contains(path.toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path path = from.relativize(file);
                if (attributes.isRegularFile() && !isLeftOut(file) && !path.endsWith(CONTROL)) {
                    copyFile(file, to.resolve(path));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                if (e != null && !(e instanceof NoSuchFileException)) {
                    throw e;
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isLeftOut(Path path) {
        String name = path.getFileName().toString();
        return LEFT_OUT.contains(name) || name.startsWith("pgsql_tmp") || name.startsWith(".s.PGSQL");
    }

    private static void copyFile(Path file, Path to) throws IOException {
        try {
            Files.copy(file, to);
        } catch (NoSuchFileException vanished) {
            Files.deleteIfExists(to);
        }
    }

    /** Read twice, since a checkpoint may write it in the same moment. */
    private static void copyControl(Path from, Path to) throws IOException {
        byte[] last = Files.readAllBytes(from);
        for (int read = 0; read < CONTROL_READS_MAX; read++) {
            byte[] now = Files.readAllBytes(from);
            if (Arrays.equals(now, last)) {
                Files.write(to, now);
                return;
            }
            last = now;
        }
        throw new IOException(from + " changed with each of " + CONTROL_READS_MAX + " reads");
    }
}

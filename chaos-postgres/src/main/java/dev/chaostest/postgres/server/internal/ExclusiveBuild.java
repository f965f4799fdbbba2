// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Builds a directory once, however many JVMs ask for it at the same time.
 *
 * <p>What is found complete was renamed into place complete. A build that died leaves only a directory that the next one
 * removes. Where a cleaner has taken the essential file since, it is built again.
 */
final class ExclusiveBuild {
    /** Fills a directory and says a line about it that is kept with it. */
    @FunctionalInterface
    interface Builder {
        String build(Path tree) throws IOException;
    }

    /** What was built, and the line about it. */
    record Built(Path tree, String note) {}

    private static final String MARKER = "complete";
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Path target;
    private final String essential;
    private final Duration deadline;

    ExclusiveBuild(Path target, String essential, Duration deadline) {
        this.target = target;
        this.essential = essential;
        this.deadline = deadline;
    }

    /** What is there, or what the builder makes. */
    Built once(Builder builder) throws IOException {
        Optional<Built> found = found();
        if (found.isPresent()) {
            return found.get();
        }
        try (FileChannel channel =
                        FileChannel.open(sibling(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            Optional<Built> builtMeanwhile = found();
            return builtMeanwhile.isPresent() ? builtMeanwhile.get() : build(builder);
        }
    }

    private Optional<Built> found() throws IOException {
        Path marker = target.resolve(MARKER);
        Path tree = target.resolve("tree");
        return Files.exists(marker) && Files.exists(tree.resolve(essential))
                ? Optional.of(new Built(tree, Files.readString(marker)))
                : Optional.empty();
    }

    private Built build(Builder builder) throws IOException {
        Path partial = sibling(".partial");
        Trees.delete(partial);
        Trees.delete(target);
        try {
            Path tree = Files.createDirectories(partial.resolve("tree"));
            String note = builder.build(tree);
            Files.writeString(partial.resolve(MARKER), note);
            // Nothing in it is secret, and the server's user may be another than ours.
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return new Built(target.resolve("tree"), note);
        } finally {
            Trees.deleteQuietly(partial);
        }
    }

    private FileLock lock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            FileLock lock = tryLock(channel);
            if (lock != null) {
                return lock;
            }
            if (System.nanoTime() - end > 0 || Thread.currentThread().isInterrupted()) {
                throw new PostgresUnavailableException("The lock " + sibling(".lock") + " must be free within "
                        + deadline.toSeconds() + " s, but another process still holds it. It should be unpacking"
                        + " PostgreSQL: end it if it hangs, or set chaos.postgres.directory to another directory.");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException heldByThisJvm) {
            return null;
        }
    }

    private Path sibling(String suffix) {
        return target.resolveSibling(target.getFileName() + suffix);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A file that takes room on a disk. */
final class DiskLoad implements Load {

    private static final int BLOCK = 64 << 10;
    private static final long RESERVE_MAX = 1L << 30;
    private static final long RESERVE_SHARE = 10;

    private final Path directory;
    private final long bytes;
    private volatile @Nullable Path file;

    DiskLoad(Path directory, long bytes) {
        Bytes.requirePositive("disk pressure", bytes);
        this.directory = directory;
        this.bytes = bytes;
    }

    @Override
    public String what() {
        return Bytes.print(bytes) + " of disk in " + directory;
    }

    @Override
    public void requireRoom() {
        try {
            requireOwn(directory);
            FileStore store = Files.getFileStore(directory);
            requireRoom(directory, bytes, store.getTotalSpace(), store.getUsableSpace());
        } catch (IOException unreadable) {
            throw new ChaosException(
                    "Disk pressure must be able to ask how full the disk of " + directory
                            + " is, but failed. Use a directory on another disk.",
                    unreadable);
        }
    }

    private static void requireOwn(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            throw new ChaosException("Disk pressure must be put on a directory that exists, but " + directory
                    + " is none. Use a directory of the test, such as a @TempDir.");
        }
        Path real = directory.toRealPath(); // where it is, not how it was named: a link may lead anywhere
        boolean own = Stream.of("java.io.tmpdir", "user.dir")
                .map(name -> Path.of(System.getProperty(name)))
                .filter(Files::isDirectory)
                .anyMatch(place -> isBelow(real, place));
        if (!own) {
            throw new ChaosException(
                    "Disk pressure must be put on a directory of the test, below the one for temporary "
                            + "files or the working directory, but was to be put on " + real + ". Use a @TempDir.");
        }
    }

    private static boolean isBelow(Path real, Path place) {
        try {
            Path parent = place.toRealPath();
            return parent.getNameCount() > 0
                    && real.startsWith(parent)
                    && !real.equals(parent); // all is below the root
        } catch (IOException gone) {
            return false;
        }
    }

    /** Pure, so that it can be tried with any disk's numbers. */
    static void requireRoom(Path directory, long asked, long total, long usable) {
        long reserve = Math.min(RESERVE_MAX, total / RESERVE_SHARE);
        if (asked > usable - reserve) {
            throw new ChaosException("Disk pressure must leave " + Bytes.print(reserve) + " of the disk free, but "
                    + Bytes.print(asked) + " were asked for in " + directory + ", and " + Bytes.print(usable) + " of "
                    + Bytes.print(total) + " are free. Ask for at most "
                    + Bytes.print(Math.max(0, usable - reserve)) + ", or use a directory on another disk.");
        }
    }

    @Override
    public void put(Duration deadline) {
        try {
            Path created = Files.createTempFile(directory, "chaos-disk-", ".fill");
            file = created;
            try (FileChannel channel = FileChannel.open(created, StandardOpenOption.WRITE)) {
                fill(channel);
                channel.force(true);
            }
        } catch (IOException failed) {
            release();
            throw new ChaosException(
                    "Disk pressure must be able to write " + Bytes.print(bytes) + " in " + directory
                            + ", but failed. Ask for less, or use a directory that the test may write.",
                    failed);
        }
    }

    /** With bytes that neither leave holes nor can be compressed. */
    private void fill(FileChannel channel) throws IOException {
        byte[] noise = new byte[BLOCK];
        SplittableRandom random = new SplittableRandom(bytes);
        for (long left = bytes; left > 0; ) {
            random.nextBytes(noise);
            ByteBuffer block = ByteBuffer.wrap(noise, 0, (int) Math.min(left, BLOCK));
            left -= block.remaining();
            while (block.hasRemaining()) {
                channel.write(block);
            }
        }
    }

    @Override
    public long required() {
        return bytes;
    }

    @Override
    public long reached() {
        Path created = file;
        try {
            return created == null || !Files.exists(created) ? 0 : Files.size(created);
        } catch (IOException gone) {
            return 0;
        }
    }

    @Override
    public String print(long amount) {
        return Bytes.print(amount);
    }

    @Override
    public void release() {
        Path created = file;
        if (created == null) {
            return;
        }
        try {
            Files.deleteIfExists(created);
        } catch (IOException kept) {
            // requireGone tries again, and says so
        }
    }

    @Override
    public void requireGone(Duration deadline) {
        Path created = file;
        try {
            if (created != null) {
                Files.deleteIfExists(created);
            }
        } catch (IOException kept) {
            throw new ChaosException(
                    "The file of disk pressure " + created + " must be deleted, but could not be. "
                            + "Delete it by hand.",
                    kept);
        }
    }
}

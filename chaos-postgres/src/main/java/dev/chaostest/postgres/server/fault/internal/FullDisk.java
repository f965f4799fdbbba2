// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that takes all the room of a disk; the server doesn't know its name. */
public record FullDisk(Path disk, Recovery recovery) implements Act {
    private static final int CHUNK = 1 << 16;
    private static final int PAGE = 4096;

    @Override
    public Undo strike() throws IOException {
        Path filler = disk.resolve("chaostest-filler");
        try {
            fill(filler);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(filler);
            throw e;
        }
        return () -> {
            Files.deleteIfExists(filler);
            return "the disk has room, " + recovery.await();
        };
    }

    /** The server may take the last of it meanwhile: then it is as full. */
    private void fill(Path filler) throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (long room = room(); room > 0; room = room()) {
                out.write(chunk, 0, (int) Math.min(room, CHUNK));
            }
        } catch (IOException full) {
            if (room() >= PAGE) {
                throw full;
            }
        }
    }

    /** By its name only: a FileStore is looked for among the disks that this JVM sees, and this is none of them. */
    private long room() {
        return disk.toFile().getUsableSpace();
    }
}

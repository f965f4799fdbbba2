// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where servers keep their data: in memory where there is room.
 *
 * @param parent an existing directory that each server gets a directory in
 */
record DataPlace(Path parent) {
    /** Room that must be free in memory for data to go there. */
    static final long ROOM_MIN = 256L << 20;

    /** What the names of all servers' directories begin with. */
    static final String PREFIX = "chaostest-";

    private static final Logger LOG = LoggerFactory.getLogger(DataPlace.class);

    static DataPlace choose(Host host, Optional<Path> wanted) {
        if (wanted.isPresent()) {
            return new DataPlace(made(wanted.get().toAbsolutePath().resolve("data")));
        }
        Optional<String> reason = whyNot(host);
        if (reason.isEmpty()) {
            return new DataPlace(host.memory());
        }
        LOG.info("PostgreSQL's data goes to {}, which is slower than memory, as {}.", host.temporary(), reason.get());
        return new DataPlace(host.temporary().toAbsolutePath());
    }

    /** A new empty directory for one server, which only we may enter. */
    Path create(ProcessUser user) throws IOException {
        Path directory = Files.createTempDirectory(parent, PREFIX);
        if (user.isStranger()) {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        }
        return directory;
    }

    private static Optional<String> whyNot(Host host) {
        Path memory = host.memory();
        if (!Files.isDirectory(memory)) {
            return Optional.of(memory + " isn't there");
        }
        if (!Files.isWritable(memory)) {
            return Optional.of(memory + " can't be written to");
        }
        long room = host.room().applyAsLong(memory);
        return room < ROOM_MIN
                ? Optional.of(memory + " has " + (room >> 20) + " MB left and " + (ROOM_MIN >> 20) + " MB are needed")
                : Optional.empty();
    }

    private static Path made(Path directory) {
        try {
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new PostgresUnavailableException(
                    "chaos.postgres.directory must be usable, but " + directory + " can't be made (" + e
                            + "). Set chaos.postgres.directory to a directory that you may write to.",
                    e);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses where unpacked binaries and templates stay: the user's cache directory, else a temporary one. */
final class CacheDirectory {
    private static final Logger LOG = LoggerFactory.getLogger(CacheDirectory.class);
    private static final String DO = " Set chaos.postgres.directory to a directory that you may write to.";

    /** initdb calls the binary beside it through a shell, in double quotes. */
    private static final Pattern SHELL = Pattern.compile("[\"$`\\n\\r]");

    private final Host host;
    private final ProcessUser user;

    CacheDirectory(Host host, ProcessUser user) {
        this.host = host;
        this.user = user;
    }

    Path choose(Optional<Path> wanted) {
        if (wanted.isPresent()) {
            Path directory = wanted.get().toAbsolutePath().resolve("cache");
            whyNot(directory).ifPresent(reason -> {
                throw new PostgresUnavailableException(
                        "chaos.postgres.directory must be usable, but " + reason + "." + DO);
            });
            return directory;
        }
        Path usual = usual();
        Optional<String> reason = whyNot(usual);
        return reason.isEmpty() ? usual : temporary(reason.get());
    }

    private Path usual() {
        String xdg = host.environment().getOrDefault("XDG_CACHE_HOME", "");
        if (xdg.startsWith("/")) {
            return Path.of(xdg, "chaostest");
        }
        return host.home().resolve(host.isLinux() ? ".cache" : "Library/Caches").resolve("chaostest");
    }

    private Path temporary(String reason) {
        // Root and nobody sort out their rights among themselves, so each kind of user has its own.
        String name = "chaostest-" + host.account() + (user.isStranger() ? "-open" : "");
        Path directory = host.temporary().toAbsolutePath().resolve(name);
        Optional<String> again = whyNot(directory).or(() -> whyUnsafe(directory));
        if (again.isPresent()) {
            throw new PostgresUnavailableException(
                    "PostgreSQL must be unpacked somewhere, but " + reason + ", and " + again.get() + "." + DO);
        }
        LOG.warn("PostgreSQL is unpacked to {}, as {}.", directory, reason);
        return directory;
    }

    private Optional<String> whyNot(Path directory) {
        if (SHELL.matcher(directory.toString()).find()) {
            return Optional.of(directory + " holds a character that a shell reads as its own: \", $ or `");
        }
        try {
            create(directory);
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.of(directory + " can't be made (" + e + ")");
        }
        if (!Files.isWritable(directory)) {
            return Optional.of(directory + " can't be written to");
        }
        return user.isStranger() ? whyHidden(directory) : Optional.empty();
    }

    private void create(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        String mode = user.isStranger() ? "rwxr-xr-x" : "rwx------";
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)));
        } catch (java.nio.file.FileAlreadyExistsException madeMeanwhile) {
            if (!Files.isDirectory(directory)) {
                throw madeMeanwhile;
            }
        }
    }

    /** The server's own user must reach the binaries through every directory above them. */
    private static Optional<String> whyHidden(Path directory) {
        for (Path path = directory; path != null; path = path.getParent()) {
            try {
                if (!Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return Optional.of(path + " is closed to the user that PostgreSQL must run as");
                }
            } catch (IOException e) {
                return Optional.of(path + " can't be read (" + e + ")");
            }
        }
        return Optional.empty();
    }

    /** Everyone may make a directory in the temporary one, and we run what is in it. */
    private Optional<String> whyUnsafe(Path directory) {
        try {
            if (host.uid() >= 0 && Host.uidOf(directory) != host.uid()) {
                return Optional.of(directory + " belongs to someone else");
            }
            Set<PosixFilePermission> open = Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
            return Files.getPosixFilePermissions(directory).stream().anyMatch(open::contains)
                    ? Optional.of(directory + " can be written to by others")
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.of(directory + " can't be read (" + e + ")");
        }
    }
}

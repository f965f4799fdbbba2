// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * The machine and the account that servers are started on, as far as decisions depend on them.
 *
 * @param osName the system property {@code os.name}
 * @param osArch the system property {@code os.arch}
 * @param musl whether the C library is musl, which our binaries don't run on
 * @param uid the number of the account
 * @param user the name of the account
 * @param home its home directory
 * @param temporary the JVM's temporary directory
 * @param memory a file system in memory, which need not exist
 * @param room how many bytes may still be written below a directory
 * @param environment the environment variables
 */
public record Host(
        String osName,
        String osArch,
        boolean musl,
        long uid,
        String user,
        Path home,
        Path temporary,
        Path memory,
        ToLongFunction<Path> room,
        Map<String, String> environment) {

    private static final String UNKNOWN = "?";

    /** What the JVM says about this machine. */
    public static Host current() {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        return new Host(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                hasMusl(),
                uidBy(temporary),
                System.getProperty("user.name"),
                homeDirectory(),
                temporary,
                Path.of("/dev/shm"),
                Host::usableSpace,
                System.getenv());
    }

    /** Where a command is, if it is on the path. */
    Optional<Path> command(String name) {
        return Stream.of(path().split(File.pathSeparator))
                .filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    String path() {
        return environment.getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    }

    boolean isRoot() {
        return uid == 0;
    }

    /** Whether the account has a name; the JVM says "?" where it has none. */
    boolean isNamed() {
        return !user.equals(UNKNOWN);
    }

    /** What tells accounts apart in file names. */
    String account() {
        return isNamed() ? user.replaceAll("[^A-Za-z0-9._-]", "_") : "uid" + uid;
    }

    boolean isLinux() {
        return osName.equals("Linux");
    }

    private static Path homeDirectory() {
        String home = System.getProperty("user.home");
        return Path.of(home.equals(UNKNOWN) ? System.getenv().getOrDefault("HOME", "/") : home);
    }

    private static boolean hasMusl() {
        try (var files = Files.newDirectoryStream(Path.of("/lib"), "ld-musl-*")) {
            return files.iterator().hasNext();
        } catch (IOException noSuchDirectory) {
            return false;
        }
    }

    /** The owner of a file that we just made; java.base has no other way to ask that works on every system. */
    private static long uidBy(Path temporary) {
        try {
            Path self = Path.of("/proc/self");
            if (Files.isDirectory(self)) {
                return uidOf(self);
            }
            Path probe = Files.createTempFile(temporary, "chaostest", ".uid");
            try {
                return uidOf(probe);
            } finally {
                Files.delete(probe);
            }
        } catch (IOException | UnsupportedOperationException unknown) {
            return -1;
        }
    }

    static long uidOf(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:uid")).longValue();
    }

    private static long usableSpace(Path directory) {
        try {
            return Files.getFileStore(directory).getUsableSpace();
        } catch (IOException unreadable) {
            return 0;
        }
    }
}

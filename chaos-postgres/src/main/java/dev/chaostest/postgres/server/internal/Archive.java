// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.postgres.server.PostgresUnavailableException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/** The packed binaries of one platform on the class path. */
final class Archive {
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwxr-xr-x");
    private static final Set<PosixFilePermission> READABLE = PosixFilePermissions.fromString("rw-r--r--");

    private final URL url;
    private final Platform platform;

    private Archive(URL url, Platform platform) {
        this.url = url;
        this.platform = platform;
    }

    static Archive find(Platform platform, ClassLoader loader) {
        return Optional.ofNullable(loader.getResource(platform.resource()))
                .map(url -> new Archive(url, platform))
                .orElseThrow(
                        () -> new PostgresUnavailableException("PostgreSQL's binaries must be on the class path as "
                                + platform.resource() + ", but they are missing. Add " + Snippet.artifact(platform)
                                + "\nor set chaos.postgres.home to an installed PostgreSQL,"
                                + " or chaos.jdbc.url to a running one."));
    }

    /** A name that changes with the content; taken from the jar's index, so that nothing is unpacked to learn it. */
    String name() throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        String identity;
        if (connection instanceof JarURLConnection jar) {
            try (var file = jar.getJarFile()) {
                var entry = jar.getJarEntry();
                identity = Long.toHexString(entry.getCrc()) + "-" + entry.getSize();
            }
        } else {
            identity = Long.toHexString(checksum());
        }
        return platform.resource().replace(".txz", "") + "-" + identity;
    }

    private long checksum() throws IOException {
        CRC32 sum = new CRC32();
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = open()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sum.update(buffer, 0, n);
            }
        }
        return sum.getValue();
    }

    /** Writes the files with their modes and links; nothing outside the directory. */
    void unpack(Path directory, Host host) throws IOException {
        if (!isUnpackedByTar(directory, host)) {
            Trees.empty(directory);
            unpackHere(directory);
        }
    }

    /** The machine's tar takes half the time of our own reading; it too refuses to leave the directory. */
    private boolean isUnpackedByTar(Path directory, Host host) throws IOException {
        Optional<Path> tar =
                host.command("tar").filter(found -> host.command("xz").isPresent());
        if (tar.isEmpty()) {
            return false;
        }
        Commands commands = new Commands(host, "C");
        List<String> command = List.of(tar.get().toString(), "-xJof", "-", "-C", directory.toString());
        try (InputStream packed = open()) {
            return commands.run(command, packed).isSuccess();
        }
    }

    private void unpackHere(Path directory) throws IOException {
        try (InputStream packed = open();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed, 1 << 16)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                write(tar, entry, directory);
            }
        }
    }

    private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path directory) throws IOException {
        Path path = inside(directory, directory.resolve(entry.getName()), entry);
        if (entry.isDirectory()) {
            Files.createDirectories(path);
            Files.setPosixFilePermissions(path, OPEN);
            return;
        }
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (entry.isSymbolicLink()) {
            inside(directory, path.resolveSibling(entry.getLinkName()), entry);
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
            Files.createLink(path, inside(directory, directory.resolve(entry.getLinkName()), entry));
        } else {
            Files.copy(tar, path);
            boolean executable = (entry.getMode() & 0111) != 0;
            Files.setPosixFilePermissions(path, executable ? OPEN : READABLE);
        }
    }

    private static Path inside(Path directory, Path path, TarArchiveEntry entry) throws IOException {
        Path normal = path.normalize();
        if (!normal.startsWith(directory)) {
            throw new IOException("The entry " + entry.getName() + " would leave the directory that it is unpacked to");
        }
        return normal;
    }

    private InputStream open() throws IOException {
        URLConnection connection = url.openConnection();
        connection.setUseCaches(false);
        return connection.getInputStream();
    }

    @Override
    public String toString() {
        return url.toString();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster.internal;

import dev.chaostest.postgres.server.ServerData;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The data directory of a server of ours while nobody runs there, or before.
 *
 * @param path the directory
 */
public record DataDirectory(Path path) {
    private static final String CONF = "chaostest.conf";
    private static final String INCLUDE = "\ninclude_if_exists '" + CONF + "'\n";
    private static final String AUTO_CONF = "postgresql.auto.conf";

    /** Settings of the server that was copied which its copy must not have. */
    private static final Set<String> NOT_INHERITED = Set.of(
            "primary_conninfo",
            "primary_slot_name",
            "restore_command",
            "recovery_min_apply_delay",
            "synchronous_standby_names",
            "max_standby_streaming_delay");

    /** Has the server find these settings, and none that we wrote before. Those of {@code ALTER SYSTEM} win over them. */
    public void configure(Map<String, String> settings) throws IOException {
        StringBuilder lines = new StringBuilder();
        settings.forEach((name, value) ->
                lines.append(name).append(" = ").append(Admin.literal(value)).append('\n'));
        Files.writeString(path.resolve(CONF), lines);
        Path main = path.resolve("postgresql.conf");
        if (!Files.readString(main).contains(INCLUDE)) {
            Files.writeString(main, INCLUDE, StandardOpenOption.APPEND);
        }
    }

    /** Forgets what was set by {@code ALTER SYSTEM} for the server that this is a copy of, as far as it would not fit here. */
    public void forgetOrigin() throws IOException {
        for (String name : NOT_INHERITED) {
            forget(name);
        }
    }

    /** Forgets what was set by {@code ALTER SYSTEM}; for a server that doesn't run. */
    public void forget(String setting) throws IOException {
        Path auto = path.resolve(AUTO_CONF);
        List<String> kept = Files.readAllLines(auto).stream()
                .filter(line -> !line.startsWith(setting + " "))
                .toList();
        Files.write(auto, kept);
    }

    /** Makes an empty file whose being there means something. */
    public void signal(String name) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            Files.createFile(file);
            adopt(file);
        }
    }

    /** Puts other data in the place of what a stopped server had; what is ours stays. */
    public void replace(ServerData data) throws IOException {
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                if (!child.endsWith(BaseBackup.OURS)) {
                    delete(child);
                }
            }
        }
        data.writeTo(path);
        try (Stream<Path> children = Files.list(path)) {
            for (Path child : (Iterable<Path>) children::iterator) {
                adopt(child);
            }
        }
    }

    /**
     * Gives what we wrote to whom the directory belongs: where the JVM is root, the server may be somebody else.
     *
     * @param written a file or a directory with all it holds, in this directory
     */
    public void adopt(Path written) throws IOException {
        Object uid = Files.getAttribute(path, "unix:uid");
        if (uid.equals(Files.getAttribute(written, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
            return;
        }
        Object gid = Files.getAttribute(path, "unix:gid");
        try (Stream<Path> all = Files.walk(written)) {
            for (Path one : (Iterable<Path>) all::iterator) {
                Files.setAttribute(one, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(one, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    /** Deletes a file or a directory with all it holds. */
    public static void delete(Path tree) throws IOException {
        if (!Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                Files.delete(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The directory of one server: its data, its socket and its logs.
 *
 * @param directory removed with all it holds when the server ends
 * @param seen the same directory, as this JVM sees what the server sees
 */
record ServerHome(Path directory, Path seen) {
    /** What the kernel takes as a socket's path, less the room for the name that PostgreSQL appends. */
    private static final int SOCKET_PATH_MAX = 107 - "/.s.PGSQL.65535".length();

    private static final int TAIL_MAX = 4000;

    ServerHome(Path directory) {
        this(directory, directory);
    }

    /** By way of a process that sees disks which we don't. */
    ServerHome seenBy(long pid) {
        return new ServerHome(directory, Path.of("/proc/" + pid + "/root" + directory));
    }

    /** As this JVM sees it. */
    Path data() {
        return seen.resolve("data");
    }

    /** As the server sees it. */
    Path serverData() {
        return directory.resolve("data");
    }

    Path log() {
        return directory.resolve("server.log");
    }

    /** Where the Unix socket goes; empty where the path is too long or reads as a list, and then there is none. */
    String socketDirectory() {
        String path = directory.toString();
        boolean isList = path.indexOf(',') >= 0 || path.indexOf('"') >= 0;
        return isList || path.getBytes(StandardCharsets.UTF_8).length > SOCKET_PATH_MAX ? "" : path;
    }

    /** Whether this very process says that it takes connections. */
    boolean isReady(long pid) {
        try {
            List<String> lines = Files.readAllLines(data().resolve("postmaster.pid"));
            return lines.size() >= 8
                    && lines.get(0).equals(Long.toString(pid))
                    && lines.get(7).startsWith("ready");
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The end of what the server and the shell around it wrote from an offset on. */
    String tail(long offset) {
        String said = read(log(), offset) + read(directory.resolve("supervisor.log"), 0);
        return said.isBlank()
                ? "(nothing)"
                : said.substring(Math.max(0, said.length() - TAIL_MAX)).strip();
    }

    long logSize() {
        try {
            return Files.size(log());
        } catch (IOException notYet) {
            return 0;
        }
    }

    private static String read(Path file, long offset) {
        try (var in = Files.newInputStream(file)) {
            in.skipNBytes(offset);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException notThere) {
            return "";
        }
    }
}

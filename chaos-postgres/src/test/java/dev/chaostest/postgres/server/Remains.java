// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import static dev.chaostest.postgres.Patience.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a server would leave behind: processes, its directory, shared memory. */
final class Remains {
    private Remains() {}

    /** The System V segment that a running server holds, by its number. */
    static String segment(Path data) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        return lines.get(6).strip().replaceAll(".*\\s", "");
    }

    static void awaitNothingOf(Path data, String segment) {
        await().alias("nothing left of " + data)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> of(data, segment), List::isEmpty);
    }

    static List<String> of(Path data, String segment) {
        List<String> remains = new ArrayList<>();
        Path home = data.getParent();
        if (home != null && Files.exists(home)) {
            remains.add("directory " + home);
        }
        remains.addAll(processes(data));
        if (!segment.isEmpty() && segments().contains(segment)) {
            remains.add("segment " + segment);
        }
        return remains;
    }

    /** Every process whose command line or working directory names the data directory. */
    private static List<String> processes(Path data) {
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> read(path.resolve("cmdline")).contains(data.toString())
                            || workingDirectory(path).startsWith(data.toString()))
                    .map(path -> "process " + path.getFileName())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String workingDirectory(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("cwd")).toString();
        } catch (IOException vanished) {
            return "";
        }
    }

    private static List<String> segments() {
        return read(Path.of("/proc/sysvipc/shm"))
                .lines()
                .skip(1)
                .map(line -> line.strip().split("\\s+", 3)[1])
                .toList();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException vanished) {
            return "";
        }
    }
}

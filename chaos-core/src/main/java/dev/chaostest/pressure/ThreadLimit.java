// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.pressure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** How many threads a machine or container allows. */
final class ThreadLimit {

    /** Where nothing says it: what a desktop stands easily. */
    private static final long UNKNOWN = 8_192;

    private ThreadLimit() {}

    static long ofThisMachine() {
        return of(Path.of("/"));
    }

    /** The least of the kernel's limits and the control group's. */
    static long of(Path root) {
        return Stream.of(
                        "proc/sys/kernel/threads-max",
                        "proc/sys/kernel/pid_max",
                        "sys/fs/cgroup/pids.max",
                        "sys/fs/cgroup/pids/pids.max")
                .map(root::resolve)
                .map(ThreadLimit::number)
                .flatMapToLong(OptionalLong::stream)
                .min()
                .orElse(UNKNOWN);
    }

    private static OptionalLong number(Path file) {
        // In one read: a kernel setting has no length, so readString would ask byte by byte, and get the first one
        // only.
        try (BufferedReader reader = Files.newBufferedReader(file)) {
            return OptionalLong.of(
                    Long.parseLong(String.valueOf(reader.readLine()).strip()));
        } catch (IOException | NumberFormatException none) { // no such file here, or "max"
            return OptionalLong.empty();
        }
    }
}

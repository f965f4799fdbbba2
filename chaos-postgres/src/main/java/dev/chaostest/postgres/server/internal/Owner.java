// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which JVM a server directory belongs to, written into it.
 *
 * @param pid the JVM's process number
 * @param start when that process started, since numbers are used again
 * @param machine where that number means something: a boot and a process namespace
 * @param binary the server's binary
 */
record Owner(long pid, Instant start, String machine, Path binary) {
    private static final String FILE = "owner";

    // The system's clock may be set between two looks at the same process.
    private static final Duration TOLERANCE = Duration.ofSeconds(10);

    static Owner thisJvm(Path binary) {
        return new Owner(ProcessHandle.current().pid(), start(ProcessHandle.current()), here(), binary);
    }

    void write(Path home) throws IOException {
        Files.write(home.resolve(FILE), List.of("" + pid, start.toString(), machine, binary.toString()));
    }

    static Optional<Owner> read(Path home) {
        try {
            List<String> lines = Files.readAllLines(home.resolve(FILE));
            return lines.size() < 4
                    ? Optional.empty()
                    : Optional.of(new Owner(
                            Long.parseLong(lines.get(0)),
                            Instant.parse(lines.get(1)),
                            lines.get(2),
                            Path.of(lines.get(3))));
        } catch (IOException | RuntimeException notOurs) {
            return Optional.empty();
        }
    }

    /** Only if it is certain: a JVM of another container or machine can't be seen from here. */
    boolean isDead() {
        return machine.equals(here())
                && ProcessHandle.of(pid).filter(this::isSame).isEmpty();
    }

    private boolean isSame(ProcessHandle process) {
        return Duration.between(start, start(process)).abs().compareTo(TOLERANCE) < 0;
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private static String here() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        } catch (IOException notLinux) {
            return "one";
        }
    }
}

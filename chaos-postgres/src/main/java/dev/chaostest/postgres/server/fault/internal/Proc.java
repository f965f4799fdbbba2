// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.FaultUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process, as the machine shows it. */
record Proc(long pid) {

    /** How much of its memory is mapped now. */
    long mappedBytes() {
        return status("VmSize:") << 10;
    }

    private long status(String name) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElseThrow(() -> new IOException("no " + name));
        } catch (IOException e) {
            throw new FaultUnavailableException(
                    "The memory of process " + pid + " must be seen, but " + e + ". That takes Linux with /proc.", e);
        }
    }
}

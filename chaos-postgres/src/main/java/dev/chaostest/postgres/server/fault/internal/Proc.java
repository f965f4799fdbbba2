// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.FaultUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process, as the machine shows it. */
record Proc(long pid) {

    /** Whether it stands still, after a STOP. */
    boolean isFrozen() {
        return state() == 'T';
    }

    /** Whether it is there; one that is dead but not yet buried is not. */
    boolean isAlive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent() && state() != 'Z';
    }

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

    /** One letter as in ps; a blank for a process that is gone. */
    private char state() {
        if (!Files.isDirectory(Path.of("/proc/self"))) {
            String said = Command.of("ps", "-o", "state=", "-p", "" + pid).run().output();
            return said.isEmpty() ? ' ' : said.charAt(0);
        }
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException gone) {
            return ' ';
        }
    }
}

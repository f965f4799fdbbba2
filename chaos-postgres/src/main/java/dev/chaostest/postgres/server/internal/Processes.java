// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the machine says of a process. */
final class Processes {

    private Processes() {}

    /** Whether it stands still, after a STOP; never where there is no /proc. */
    static boolean isFrozen(long pid) {
        return state(pid) == 'T';
    }

    /** Dead, but its parent hasn't asked for its status; that of a killed shell is the machine's first process. */
    static boolean isZombie(long pid) {
        return state(pid) == 'Z';
    }

    private static char state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException noSuchProcess) {
            return ' ';
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the machine says of a process. */
public final class Processes {

    private Processes() {}

    /** Whether it stands still, after a STOP. */
    public static boolean isFrozen(long pid) {
        return Files.isDirectory(Path.of("/proc/self"))
                ? state(pid) == 'T'
                : new Commands(Host.current(), "C")
                        .run(List.of("ps", "-o", "state=", "-p", "" + pid))
                        .output()
                        .startsWith("T");
    }

    /**
     * Dead, but its parent hasn't asked for its status; that of a killed shell is the machine's first process. Never where
     * there is no /proc.
     */
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

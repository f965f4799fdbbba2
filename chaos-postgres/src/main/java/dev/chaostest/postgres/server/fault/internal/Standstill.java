// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.ServerProcess;

/** Freezes one process of a server. What is sent to it meanwhile waits, and so do signals to end it. */
public record Standstill(PostgresServer server, long pid, Recovery recovery) implements Act {

    @Override
    public Undo strike() {
        ServerProcess process = new ServerProcess(server, pid);
        process.freeze();
        return () -> {
            String gone = process.isAlive() ? "" : "process " + pid + " is gone, ";
            process.thaw();
            return gone + recovery.await();
        };
    }
}

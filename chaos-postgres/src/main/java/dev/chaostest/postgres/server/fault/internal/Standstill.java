// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.postgres.server.PostgresServer;

/** Freezes one process of a server. What is sent to it meanwhile waits, and so do signals to end it. */
public record Standstill(PostgresServer server, long pid, Recovery recovery) implements Act {

    @Override
    public Undo strike() {
        Proc process = new Proc(pid);
        server.signal("STOP", pid);
        Until.yes("Process " + pid + " must stand still", "Check that it still runs.", process::isFrozen);
        return this::thaw;
    }

    private String thaw() {
        Proc process = new Proc(pid);
        // Still its own number: what stands still doesn't end, except by KILL, and then its parent keeps the number.
        if (process.isFrozen()) {
            server.signal("CONT", pid);
            Until.yes("Process " + pid + " must go on", "Check that it still runs.", () -> !process.isFrozen());
        }
        String gone = process.isAlive() ? "" : "process " + pid + " is gone, ";
        return gone + recovery.await();
    }
}

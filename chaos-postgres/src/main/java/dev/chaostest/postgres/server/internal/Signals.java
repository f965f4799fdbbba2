// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.internal;

import dev.chaostest.plan.ChaosException;
import java.util.List;

/** Sends signals to processes; Java itself knows TERM and KILL only. By a shell, since not every machine has a kill command. */
record Signals(Host host) {

    /**
     * Sends it, and returns when it was sent; that takes about 2 ms. An interrupt does not keep it from being sent.
     *
     * @param name as the shell knows it: {@code STOP}
     * @throws ChaosException if there is no such process, or it may not be signalled
     */
    void send(String name, long pid) {
        // A test that took too long is interrupted, and what heals or ends must be done all the same.
        boolean interrupted = Thread.interrupted();
        Commands.Outcome outcome =
                new Commands(host, "C").run(List.of("sh", "-c", "kill -s \"$0\" \"$1\"", name, "" + pid));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!outcome.isSuccess()) {
            throw new ChaosException("Signal " + name + " must reach process " + pid + ", but kill ended with "
                    + outcome.status() + " and said: " + outcome.output() + ". Check that the process still runs.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;

/** Stops a server; it comes back on the same data and the same port. */
public record Down(PostgresServer server, StopMode mode, Recovery recovery) implements Act {

    @Override
    public Undo strike() {
        server.stop(mode);
        if (server.isRunning()) {
            throw new ChaosException("The server on port " + server.port()
                    + " must be down, but runs. Don't start it in another thread meanwhile.");
        }
        return recovery::await;
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.cluster.internal.DataDirectory;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.nio.file.Files;

/** Keeps a former primary from taking writes again: it comes back as a standby of nobody. */
final class Fence {
    private static final String MARK = "standby.signal";

    private Fence() {}

    static Injection raise(ChaosScope scope, PostgresServer server) {
        return Command.strike(scope, "fence the server on port " + server.port(), Reach.SERVER, () -> {
            server.stop(StopMode.CRASH);
            mark(server);
            return () -> {
                lower(server);
                return "may take writes when it is started";
            };
        });
    }

    private static void mark(PostgresServer server) {
        try {
            new DataDirectory(server.dataDirectory()).signal(MARK);
        } catch (IOException e) {
            throw failed(server, "marked", e);
        }
    }

    private static void lower(PostgresServer server) {
        if (!Files.exists(server.dataDirectory())) {
            return; // closed, and gone with its data
        }
        server.stop(StopMode.FAST);
        try {
            Files.deleteIfExists(server.dataDirectory().resolve(MARK));
        } catch (IOException e) {
            throw failed(server, "freed of its mark", e);
        }
    }

    private static ChaosException failed(PostgresServer server, String what, IOException e) {
        return new ChaosException(
                "The data of the server on port " + server.port() + " must be " + what + ", but that failed: " + e
                        + ". Start another server.",
                e);
    }
}

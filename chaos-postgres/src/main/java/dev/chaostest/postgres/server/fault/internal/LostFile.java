// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server.fault.internal;

import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.server.StopMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Takes the first file of a table away, while the server is stopped, and brings it back. */
public record LostFile(Table table, Recovery recovery) implements Act {
    private static final String UNDEFINED_FILE = "58P01";

    @Override
    public Undo strike() throws IOException {
        PostgresServer server = table.admin().server();
        Path kept = table.file().resolveSibling("chaostest-lost-" + table.file().getFileName());
        server.stop(StopMode.FAST);
        try {
            Files.move(table.file(), kept);
            server.start();
            table.requireState(UNDEFINED_FILE);
        } catch (IOException | RuntimeException e) {
            back(kept);
            throw e;
        }
        return () -> back(kept);
    }

    private String back(Path kept) throws IOException {
        PostgresServer server = table.admin().server();
        if (server.isClosed()) {
            return "the server is closed";
        }
        if (Files.exists(kept)) { // else it could not be taken away
            if (Files.exists(table.file())) { // a recovery made another; nobody may have that open
                server.stop(StopMode.FAST);
                Files.delete(table.file());
            }
            Files.move(kept, table.file());
        }
        String seen = recovery.await();
        table.requireState("success");
        return table.name() + " is read again, " + seen;
    }
}

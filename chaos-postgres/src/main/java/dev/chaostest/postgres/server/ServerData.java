// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.server;

import dev.chaostest.postgres.server.internal.Trees;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a server finds in its data directory when it starts for the first time.
 *
 * <pre>{@code
 * PostgresServer copy = installation.start(ServerData.copyOf(backup), Map.of("archive_mode", "off"));
 * }</pre>
 *
 * @since 0.1
 */
@FunctionalInterface
public interface ServerData {

    /**
     * Fills the directory; called once, before the server starts.
     *
     * @param directory empty, readable by its owner only
     * @throws IOException if it can't be filled; the server is not started then, and nothing is left
     */
    void writeTo(Path directory) throws IOException;

    /**
     * A copy of a directory that nobody writes to meanwhile.
     *
     * @param directory a data directory, of a stopped server or of a backup
     */
    static ServerData copyOf(Path directory) {
        return target -> Trees.copy(directory, target);
    }
}

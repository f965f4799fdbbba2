// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.branch;

import dev.chaostest.postgres.server.PostgresServer;

/**
 * Shows one past moment of a branch, for reading only; writes get 25006.
 *
 * <p>It stands still there: what happens to the branch later, even its end, does not show. For one that follows its branch,
 * use {@link Branch#addReader}.
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ReadOnlyEndpoint implements AutoCloseable {
    private final PostgresServer server;
    private final String moment;

    ReadOnlyEndpoint(PostgresServer server, String moment) {
        this.server = server;
        this.moment = moment;
    }

    /** The server. */
    public PostgresServer server() {
        return server;
    }

    /** A URL for the database postgres. */
    public String jdbcUrl() {
        return server.jdbcUrl();
    }

    /** Ends the server and removes its data. The second time it does nothing. */
    @Override
    public void close() {
        server.close();
    }

    @Override
    public String toString() {
        return "endpoint on port " + server.port() + " at " + moment;
    }
}

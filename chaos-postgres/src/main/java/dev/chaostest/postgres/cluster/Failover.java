// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

import dev.chaostest.plan.Durations;
import dev.chaostest.postgres.server.PostgresServer;
import java.time.Duration;

/**
 * Tells of one fail-over: who is primary now, and how long nobody was.
 *
 * <p>The times are the server's share; what a pool and a driver need on top is the application's.
 *
 * <p>Immutable.
 *
 * @param old the primary before, which is stopped; its data is still there
 * @param primary the primary now
 * @param promoted from the kill until the new one said that it is no standby any more
 * @param writable from the kill until it had committed its first transaction
 * @since 0.1
 */
public record Failover(PostgresServer old, PostgresServer primary, Duration promoted, Duration writable) {

    @Override
    public String toString() {
        return "port " + old.port() + " to " + primary.port() + ", promoted after " + Durations.print(promoted)
                + ", took writes after " + Durations.print(writable);
    }
}

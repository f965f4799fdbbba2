// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.pool.internal.Room;
import dev.chaostest.postgres.pool.internal.Rush;
import dev.chaostest.postgres.pool.internal.Takings;
import dev.chaostest.postgres.server.PostgresServer;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Many clients that connect at the same time, or at a rate, as after a deployment or when a cache goes cold.
 *
 * <p>Each has a thread of its own, {@code chaos-storm-1} and so on, and holds what it got until all have got an answer and
 * the storm is closed. Others see the server or the pool busy, then full: 53300, or the pool's time-out. Of a server that
 * the library did not start, only as many as leave the others room.
 *
 * <pre>{@code
 * try (HeldConnections storm = ConnectionStorm.ofServer(server).open(scope, 300, 1_000)) {
 *     assertThat(storm.report().refusedBy()).containsKey("53300");
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ConnectionStorm {

    private static final int CLIENTS_MAX = 1_000;
    private static final int RATE_MAX = 1_000_000;

    private final Room room;
    private final Reach reach;

    private ConnectionStorm(Room room, Reach reach) {
        this.room = room;
        this.reach = reach;
    }

    /** On a DataSource, a pool or not. */
    public static ConnectionStorm of(DataSource source) {
        return new ConnectionStorm(Room.of(source), Reach.SESSION);
    }

    /** On a server that the library started, as its superuser. */
    public static ConnectionStorm ofServer(PostgresServer server) {
        return new ConnectionStorm(Room.of(server), Reach.SERVER);
    }

    /**
     * Connects, and returns when each client has got its connection or an error. In a dry run, nobody connects.
     *
     * @param scope whose end, at the latest, closes them; its time is what the rate goes by; the ledger tells of both
     * @param clients 1 to 1,000
     * @param perSecond how many begin in each second, at most 1,000,000, which is all at once
     * @throws ChaosException if a number is out of range, if they must not be taken, or if one has no answer within 60 s
     */
    public HeldConnections open(ChaosScope scope, int clients, int perSecond) {
        requireInRange("the number of clients", clients, CLIENTS_MAX);
        requireInRange("the rate", perSecond, RATE_MAX);
        scope.requireFaultsAllowed();
        if (scope.dryRun().isPresent()) {
            return HeldConnections.none(room.name(), new Takings().report(), scope.ledger());
        }
        requireRoom(clients);
        Takings takings = new Takings();
        Rush rush = new Rush(room, scope.time(), takings);
        HeldConnections all = HeldConnections.of(
                room.name(), rush.run(clients, perSecond), takings.report(), scope.ledger(), reach, room::requireFree);
        return scope.own("a storm of connections on " + room.name(), all);
    }

    private void requireRoom(int clients) {
        try {
            room.require(clients);
        } catch (SQLException e) {
            throw new ChaosException(
                    "A storm must have a place to connect to, but a first connection to " + room.name()
                            + " was refused with " + e.getSQLState() + ". See the cause.",
                    e);
        }
    }

    private static void requireInRange(String what, int number, int most) {
        if (number < 1 || number > most) {
            throw new ChaosException("In a storm " + what + " must be 1 to " + most + ", but was " + number
                    + ". For more clients use several storms.");
        }
    }
}

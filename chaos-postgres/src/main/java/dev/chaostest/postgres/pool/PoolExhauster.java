// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.pool;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Reach;
import dev.chaostest.postgres.pool.internal.Room;
import dev.chaostest.postgres.pool.internal.Takings;
import dev.chaostest.postgres.server.PostgresServer;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Takes connections one after the other until there are no more, and holds them.
 *
 * <p>Of a pool: its own limit is met, and everybody else sees its time-out (HikariCP: {@code SQLTransientConnectionException}
 * without an SQLSTATE), as does the last attempt here, which takes that long. Of a server that the library started: every
 * place is taken, and everybody else sees 53300. Of another server, only as many as leave the others room. What others had
 * before, they keep; {@link PoolMount#exhaust} also takes what they give back.
 *
 * <pre>{@code
 * try (HeldConnections full = PoolExhauster.of(bank).hold(scope, 50)) {
 *     assertThat(full.report().peak()).isEqualTo(5);
 *     assertThatThrownBy(bank::getConnection).isInstanceOf(SQLTransientConnectionException.class);
 * }
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class PoolExhauster {

    private static final int MOST = 10_000;

    private final Room room;
    private final Reach reach;

    private PoolExhauster(Room room, Reach reach) {
        this.room = room;
        this.reach = reach;
    }

    /** Of a DataSource, a pool or not. */
    public static PoolExhauster of(DataSource source) {
        return new PoolExhauster(Room.of(source), Reach.SESSION);
    }

    /** Of a server that the library started, as its superuser: also the places that are kept for superusers. */
    public static PoolExhauster ofServer(PostgresServer server) {
        return new PoolExhauster(Room.of(server), Reach.SERVER);
    }

    /**
     * Holds until one is refused. In a dry run, nothing is held.
     *
     * @param scope whose end, at the latest, gives them back; the ledger tells of both
     * @throws ChaosException if they must not be taken, or if one is refused for another reason than that all are taken
     */
    public HeldConnections hold(ChaosScope scope) {
        return hold(scope, MOST);
    }

    /**
     * Holds until there are so many, or until one is refused. In a dry run, nothing is held.
     *
     * @param scope whose end, at the latest, gives them back; the ledger tells of both
     * @param most 1 to 10,000
     * @throws ChaosException if the number is out of range, if they must not be taken, or if one is refused for another
     *     reason than that all are taken
     */
    public HeldConnections hold(ChaosScope scope, int most) {
        if (most < 1 || most > MOST) {
            throw new ChaosException("hold must take 1 to " + MOST + " connections of " + room.name()
                    + ", but was to take " + most + ". Use hold(scope) for all.");
        }
        scope.requireFaultsAllowed();
        Takings takings = new Takings();
        if (scope.dryRun().isPresent()) {
            return HeldConnections.none(room.name(), takings.report(), scope.ledger());
        }
        requireRoom(most);
        List<Connection> held = new ArrayList<>();
        while (held.size() < most && takings.report().refused() == 0) {
            take(held, takings);
        }
        requireFull(held, takings.report());
        HeldConnections all =
                HeldConnections.of(room.name(), held, takings.report(), scope.ledger(), reach, room::requireFree);
        return scope.own("connections of " + room.name() + " that are held", all);
    }

    private void take(List<Connection> held, Takings takings) {
        long began = System.nanoTime();
        try {
            Connection taken = room.take();
            held.add(taken);
            takings.given(taken, System.nanoTime() - began);
        } catch (SQLException e) {
            takings.refused(e, System.nanoTime() - began);
        }
    }

    /** Else somebody who holds nothing would be said to hold all. */
    private void requireFull(List<Connection> held, AcquireReport report) {
        for (AcquireReport.Refusal refusal : report.refusals()) {
            SQLException why = refusal.exception();
            if (!room.isFull(why)) {
                ChaosException failed = new ChaosException(
                        "Connections of " + room.name() + " must run out, but after " + held.size()
                                + " the next was refused with "
                                + refusal.state().map(SqlState::code).orElse("no SQLSTATE")
                                + ", which is no limit. Heal what keeps them away first; see the cause.",
                        why);
                held.forEach(each -> giveBack(each, failed));
                throw failed;
            }
        }
    }

    private static void giveBack(Connection connection, ChaosException failed) {
        try {
            connection.close();
        } catch (SQLException e) {
            failed.addSuppressed(e);
        }
    }

    private void requireRoom(int most) {
        try {
            room.require(most);
        } catch (SQLException e) {
            throw new ChaosException(
                    "Connections of " + room.name() + " must be there to be held, but the first one was refused with "
                            + e.getSQLState() + ". See the cause.",
                    e);
        }
    }
}

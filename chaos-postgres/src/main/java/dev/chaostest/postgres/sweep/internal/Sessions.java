// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep.internal;

import dev.chaostest.postgres.monitor.Residue;
import dev.chaostest.postgres.monitor.ResidueCheck;
import dev.chaostest.postgres.wire.WireMount;
import dev.chaostest.postgres.wire.WireSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The sessions of a sweep's DataSource, between its rounds: whether one of them has left something, which is ended. Most often
 * none has, and then one cheap question is all. Not for use by many threads.
 */
public final class Sessions {

    private static final String QUIET = """
            SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
                               WHERE a.pid = ANY (?) OR a.pid = ANY (?) AND a.xact_start IS NOT NULL)
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks l WHERE l.pid = ANY (?) AND l.locktype = 'advisory')
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.relpersistence = 't')
               AND (? OR NOT EXISTS (SELECT FROM pg_catalog.pg_prepared_xacts))
            """;

    private final WireMount wire;
    private final Desk desk;
    private final ResidueCheck check;
    /** Whose backends are gone for certain. */
    private final Set<Long> gone = new HashSet<>();

    private Sessions(WireMount wire, Desk desk, ResidueCheck check) {
        this.wire = wire;
        this.desk = desk;
        this.check = check;
    }

    /**
     * Begins to watch them.
     *
     * @param admin connects past the seam
     */
    public static Sessions of(String who, WireMount wire, Desk desk, DataSource admin) {
        return new Sessions(wire, desk, ResidueCheck.begin(who, wire, admin));
    }

    /** Waits until backends behind cut connections are gone, and ends what is left; that is told. */
    public List<Residue> settle() throws SQLException {
        List<WireSession> ended = wire.sessions().stream()
                .filter(session -> !session.isOpen() && !gone.contains(session.number()))
                .toList();
        List<Residue> left = isQuiet(ended) ? List.of() : check.endHeld();
        ended.forEach(session -> gone.add(session.number()));
        return left;
    }

    private boolean isQuiet(List<WireSession> ended) throws SQLException {
        Object[] open = wire.backends().toArray();
        Object[] past = ended.stream().map(WireSession::pid).toArray();
        boolean prepared = !wire.prepared().isEmpty();
        return desk.ask(connection -> isQuiet(connection, open, past, prepared));
    }

    private static boolean isQuiet(Connection connection, Object[] open, Object[] past, boolean prepared)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(QUIET)) {
            statement.setArray(1, connection.createArrayOf("int4", past));
            statement.setArray(2, connection.createArrayOf("int4", open));
            statement.setArray(3, connection.createArrayOf("int4", open));
            statement.setBoolean(4, !prepared);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}

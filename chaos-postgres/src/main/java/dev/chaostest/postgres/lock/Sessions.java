// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.lock;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.postgres.wire.WireMount;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Supplier;
import org.postgresql.PGConnection;

/**
 * Names sessions of the server to look at: one by its process id or its connection, or all of a mount.
 *
 * <pre>{@code
 * locks.awaitBlocked(Sessions.of(connection));
 * locks.awaitBlocked(Sessions.of(WireMount.of("bank")));
 * locks.assertNotBlocked(Sessions.pid(4711));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Sessions {

    private final String text;
    private final Supplier<List<Integer>> pids;

    private Sessions(String text, Supplier<List<Integer>> pids) {
        this.text = text;
        this.pids = pids;
    }

    /** The session of this process id. */
    public static Sessions pid(int pid) {
        return new Sessions("pid " + pid, () -> List.of(pid));
    }

    /**
     * The session of a connection; no statement is sent on it, so that it may be busy on another thread.
     *
     * @param connection of PostgreSQL's driver, or one of a pool that unwraps to it
     * @throws ChaosException if it is none
     */
    public static Sessions of(Connection connection) {
        try {
            return pid(connection.unwrap(PGConnection.class).getBackendPID());
        } catch (SQLException e) {
            throw new ChaosException(
                    "A connection must lead to PostgreSQL's driver, but "
                            + connection.getClass().getName()
                            + " does not unwrap to it, or is closed. Hand over one that is open, or the process id.",
                    e);
        }
    }

    /** The sessions that pass this mount; asked anew with each look. */
    public static Sessions of(WireMount mount) {
        return new Sessions("any session of " + mount, mount::backends);
    }

    /** Their process ids now. */
    List<Integer> pids() {
        return pids.get();
    }

    @Override
    public String toString() {
        return text;
    }
}

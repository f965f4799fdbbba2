// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.ledger.LedgerEntry.Cause;
import dev.chaostest.postgres.sqlstate.SqlState;
import java.util.Map;
import java.util.Set;

/**
 * How a server is brought to answer with an SQLSTATE, in place of a statement.
 *
 * @since 0.1
 */
public enum Provocation {
    /** A block raises it: the state, the aborted transaction and the living session are real, the reason is not. */
    RAISED(Cause.RAISED),

    /** The backend is asked to cancel what it runs: 57014, as for a cancel request. */
    CANCELLED(Cause.REAL),

    /** The statement takes longer than {@code statement_timeout}: 57014. */
    STATEMENT_TIMEOUT(Cause.REAL),

    /**
     * The statement waits longer than {@code lock_timeout} for a lock that a session of ours holds: 55P03. Raised where the
     * mount has {@linkplain WireMount#lockedBy no such session}.
     */
    LOCK_TIMEOUT(Cause.REAL),

    /**
     * The session has nothing to do for longer than {@code idle_in_transaction_session_timeout} (25P03) or {@code
     * idle_session_timeout} (57P05) says, and is over. Which of them comes depends on whether a transaction is open.
     */
    IDLE_TIMEOUT(Cause.REAL),

    /** The transaction takes longer than {@code transaction_timeout}: 25P04, and the session is over. */
    TRANSACTION_TIMEOUT(Cause.REAL),

    /** The backend is terminated: 57P01, and the session is over. */
    TERMINATED(Cause.REAL),

    /**
     * The backend is terminated, and the last thing that the client reads carries the planned state. At connect the server
     * is not asked at all.
     */
    ENDED(Cause.FORGED),

    /** The connection is lost: the driver itself says 08006, or 08001 at connect. */
    CUT(Cause.REAL);

    private static final Map<String, Provocation> USUAL = Map.ofEntries(
            Map.entry("57014", CANCELLED),
            Map.entry("57P01", TERMINATED),
            Map.entry("57P02", ENDED),
            Map.entry("57P03", ENDED),
            Map.entry("57P04", ENDED),
            Map.entry("57P05", ENDED),
            Map.entry("25P03", ENDED),
            Map.entry("25P04", ENDED),
            Map.entry("53300", ENDED),
            Map.entry("08004", ENDED),
            Map.entry("08001", CUT),
            Map.entry("08006", CUT));

    /** What a client meets only while it connects. */
    private static final Set<String> AT_CONNECT_ONLY = Set.of("57P03", "53300", "08001", "08004");

    private static final String LOST = "08006";

    private final Cause cause;

    Provocation(Cause cause) {
        this.cause = cause;
    }

    /** How true what comes back is. */
    public Cause cause() {
        return cause;
    }

    /** The way that is nearest to the truth for a state. */
    static Provocation usual(SqlState state) {
        return USUAL.getOrDefault(state.code(), RAISED);
    }

    /** As {@link #usual}, for an answer with a text of the test's own: what really happens brings its own text. */
    static Provocation withText(SqlState state) {
        Provocation usual = usual(state);
        return switch (usual) {
            case CANCELLED -> RAISED;
            case TERMINATED -> ENDED;
            default -> usual;
        };
    }

    static boolean isAtConnectOnly(SqlState state) {
        return AT_CONNECT_ONLY.contains(state.code());
    }

    /** A connection that is lost while it is made is one that could not be made. */
    static boolean isNeverAtConnect(SqlState state) {
        return state.code().equals(LOST);
    }
}

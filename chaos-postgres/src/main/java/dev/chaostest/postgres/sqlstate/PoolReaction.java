// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import java.util.Set;

/**
 * What HikariCP does with a connection on which a state was seen.
 *
 * <p>It looks at the state of each {@code SQLException} that passes its proxies, and of up to ten next exceptions. Source:
 * HikariCP, {@code ProxyConnection.checkException} and {@code ERROR_STATES}.
 *
 * @since 0.1
 */
public enum PoolReaction {
    /** It goes back to the pool, rolled back, and the next borrower gets it. */
    KEEPS("kept"),
    /**
     * It is closed at once, and never lent again: for some states, for class 08, and for each end of a session, since pgjdbc
     * chains an 08006 to what the server said last.
     */
    EVICTS("evicted"),
    /** There is no connection yet: the pool tries again until the borrower's time is over. */
    CONNECTS_AGAIN("the pool connects again");

    private static final Set<String> EVICTED = Set.of("0A000", "57P01", "57P02", "57P03", "01002", "JZ0C0", "JZ0C1");

    private final String label;

    PoolReaction(String label) {
        this.label = label;
    }

    /** The reaction in words. */
    public String label() {
        return label;
    }

    static PoolReaction to(SqlState state, Aftermath aftermath) {
        if (aftermath == Aftermath.NO_SESSION) {
            return CONNECTS_AGAIN;
        }
        boolean evicted =
                aftermath == Aftermath.SESSION_OVER || state.category().equals("08") || EVICTED.contains(state.code());
        return evicted ? EVICTS : KEEPS;
    }
}

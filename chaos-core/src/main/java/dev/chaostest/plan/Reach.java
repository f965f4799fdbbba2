// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

/**
 * How far a fault goes: who besides the code under test may feel it.
 *
 * <p>What a test must keep for itself follows from it: nothing up to its own schema, a lock against other tests beyond that,
 * a server of its own for {@link #SERVER}. In the order of growing reach.
 *
 * <pre>{@code
 * if (fault.reach().isBeyond(Reach.SCHEMA)) {
 *     runAlone();
 * }
 * }</pre>
 *
 * @since 0.1
 */
public enum Reach {
    /** One stream of arrivals: a worker, a connection, a link. */
    LANE,
    /** One session of the server, with all that it does. */
    SESSION,
    /** Every session that uses one schema. */
    SCHEMA,
    /** Every session of one database. */
    DATABASE,
    /** The whole server with all its databases. */
    SERVER;

    /** Whether it goes farther than another. */
    public boolean isBeyond(Reach other) {
        return compareTo(other) > 0;
    }
}

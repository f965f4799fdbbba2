// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

/**
 * Kinds of what a client asks a PostgreSQL to do.
 *
 * @since 0.1
 */
public enum Operation {
    /** Every statement, and what begins and ends a transaction; not {@link #ACQUIRE}. */
    ANY,
    /** Everything but the plain begin, commit and rollback of a transaction; savepoints are statements. */
    STATEMENT,
    /** The begin of a transaction; it can be delayed or cut, not failed. */
    BEGIN,
    /** The end of a transaction that keeps its work. */
    COMMIT,
    /** The end of a transaction that drops its work; it can be delayed or cut, not failed. */
    ROLLBACK,
    /** The begin of a session; {@code on} and {@code matching} say nothing about it. */
    CONNECT,
    /** Each row of a statement's result, as it comes from the server; it can be delayed or cut, not failed. */
    ROW,
    /** A request to cancel a statement; it can be delayed or cut, not failed. */
    CANCEL,
    /**
     * {@code getConnection} of a pool: it can be delayed or fail, not be cut. The test must have a pool, such as a {@code
     * HikariDataSource} parameter.
     */
    ACQUIRE
}

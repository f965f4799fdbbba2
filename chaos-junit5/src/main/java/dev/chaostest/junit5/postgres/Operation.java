// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

/**
 * Kinds of what a client asks a PostgreSQL to do.
 *
 * @since 0.1
 */
public enum Operation {
    /** All of them. */
    ANY,
    /** Everything but the plain begin, commit and rollback of a transaction; savepoints are statements. */
    STATEMENT,
    /** The begin of a transaction; it can be delayed or cut, not failed. */
    BEGIN,
    /** The end of a transaction that keeps its work. */
    COMMIT,
    /** The end of a transaction that drops its work; it can be delayed or cut, not failed. */
    ROLLBACK
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

/**
 * What a failure says about running the whole transaction again, from its first statement on.
 *
 * <p>It is about the transaction only: what the code under test did besides (a message sent, a file written) may have
 * happened. Source: PostgreSQL documentation, "Serialization Failure Handling".
 *
 * @since 0.1
 */
public enum Transience {
    /** Nothing was committed, and the same transaction can succeed if it is run again. */
    TRANSIENT,
    /** It may have been committed: the database must be asked before it is run again, or it must be idempotent. */
    AMBIGUOUS,
    /** Nothing was committed, and the same transaction fails again until its code, its data or the database changes. */
    PERMANENT
}

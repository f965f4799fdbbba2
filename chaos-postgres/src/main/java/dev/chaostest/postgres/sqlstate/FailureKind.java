// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

/**
 * What kind of trouble an SQLSTATE means, in the words of the field, and whether the transaction can be run again.
 *
 * <p>Every SQLSTATE has one kind ({@link #of}). What is not listed in PostgreSQL's documentation is {@link #UNKNOWN}.
 *
 * <pre>{@code
 * assertThat(FailureKind.of(new SqlState("40001"))).isEqualTo(FailureKind.SERIALIZATION);
 * assertThat(FailureKind.SERIALIZATION.transience()).isEqualTo(Transience.TRANSIENT);
 * }</pre>
 *
 * <p>Source: PostgreSQL documentation, Appendix A.
 *
 * @since 0.1
 */
public enum FailureKind {
    /** Concurrent transactions could not all be true: 40001, 40000. Run the whole transaction again. */
    SERIALIZATION("serialization failure", Transience.TRANSIENT),
    /** Transactions waited for each other, and this one was chosen as the victim: 40P01. */
    DEADLOCK("deadlock", Transience.TRANSIENT),
    /** A key exists already: 23505. A key that was chosen after a read may be free the next time: the caller must know. */
    UNIQUE_VIOLATION("unique violation", Transience.PERMANENT),
    /** Another constraint would not hold: the rest of class 23, 40002, 44000. */
    CONSTRAINT_VIOLATION("constraint violation", Transience.PERMANENT),
    /**
     * A time-out of the statement, the transaction or an idle transaction: 57014, 25P03, 25P04. The server has one state,
     * 57014, for {@code statement_timeout} and for a statement that somebody cancelled. Where the driver gave up by itself
     * (a {@code SQLTimeoutException} without a state), nobody knows what the server did: see {@link SqlFailure#transience}.
     */
    TIMEOUT("timeout", Transience.TRANSIENT),
    /** Somebody else has the lock or the object: 55P03, 55006. */
    LOCK_NOT_AVAILABLE("lock not available", Transience.TRANSIENT),
    /** No connection came about, so nothing was sent: 08001, 08004, 57P03. */
    CONNECTION_REFUSED("connection refused", Transience.TRANSIENT),
    /** An open connection was lost: the rest of class 08, 40003, 57P01, 57P02, 57P05 and the rest of class 57. */
    CONNECTION_LOST("connection lost", Transience.AMBIGUOUS),
    /** A pool had no connection in time: {@code SQLTransientConnectionException} without a state, as HikariCP throws it. */
    POOL_EXHAUSTED("pool exhausted", Transience.TRANSIENT),
    /** The server is short of something: class 53 (disk, memory, connections), 72000. Wait before the next try. */
    RESOURCE_EXHAUSTED("resource exhausted", Transience.TRANSIENT),
    /** A write where only reads are allowed: 25006. After a fail-over, a new connection may lead to the new primary. */
    READ_ONLY("read-only", Transience.TRANSIENT),
    /** The transaction had failed before, and nobody rolled it back: 25P02. The failure before that is the one to look at. */
    ABORTED_TRANSACTION("aborted transaction", Transience.PERMANENT),
    /** No right to connect or to do this: class 28, 42501. */
    ACCESS_DENIED("access denied", Transience.PERMANENT),
    /** A value that can't be stored or computed with: class 22, 10608. */
    DATA_ERROR("data error", Transience.PERMANENT),
    /** The statement is wrong, or at the wrong place: class 42, 0A, 24, 25, 26, 34, 3D, 3F, 54, 55 and so on. */
    PROGRAMMING_ERROR("programming error", Transience.PERMANENT),
    /** Raised by a function or a trigger: class P0, 09, 38, 39. */
    RAISED("raised by a function", Transience.PERMANENT),
    /** The server's own trouble, or that of its machine: class XX (corruption too), 58, F0, HV, and pgjdbc's 60000. */
    INTERNAL_ERROR("internal error", Transience.PERMANENT),
    /** Another state, or none. What became of the transaction can't be told from it. */
    UNKNOWN("unknown failure", Transience.AMBIGUOUS);

    private final String label;
    private final Transience transience;

    FailureKind(String label, Transience transience) {
        this.label = label;
        this.transience = transience;
    }

    /** The kind of a state. */
    public static FailureKind of(SqlState state) {
        return Catalogue.kind(state);
    }

    /** The kind in words, for counts and messages: {@code "serialization failure"}. */
    public String label() {
        return label;
    }

    /** Whether the whole transaction can be run again. */
    public Transience transience() {
        return transience;
    }

    /** Whether it says what the trouble is; else another failure that is found beside it says more. */
    boolean isTelling() {
        return this != UNKNOWN && this != ABORTED_TRANSACTION;
    }
}

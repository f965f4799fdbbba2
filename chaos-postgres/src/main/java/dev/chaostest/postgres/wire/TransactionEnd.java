// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.wire;

import dev.chaostest.mount.Round;
import dev.chaostest.postgres.wire.sql.internal.StatementKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a transaction ended for its client, as the wire seam saw it.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param round what was armed
 * @param pid the process id of the backend
 * @param served when that backend was first heard of, by {@link System#nanoTime}
 * @param identity what the server said about its number; empty if it did not come to that
 * @param how what was to end it
 * @param name that of the prepared transaction; empty for others
 * @param answer what the client got
 * @param state the SQLSTATE of an error, empty for none
 * @param isCommitted whether the server said that it is committed, whatever the client got of that
 * @param work the sites of the statements in it that write, by name; the first 100
 * @since 0.1
 */
public record TransactionEnd(
        Round round,
        int pid,
        long served,
        Optional<Identity> identity,
        How how,
        String name,
        Answer answer,
        String state,
        boolean isCommitted,
        List<String> work) {

    public TransactionEnd {
        work = List.copyOf(work);
    }

    /** How old its session is, at least. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - served);
    }

    /** Whether a part of it may be committed though its end is not: a procedure, a block or a query string may say COMMIT, too. */
    public boolean mayBePartlyCommitted() {
        return how == How.ALONE && work.stream().anyMatch(StatementKind::mayEndTransactions);
    }

    /** What was to end it. */
    public enum How {
        /** A COMMIT. */
        COMMIT,
        /** It was one statement, or a few that went out together, without a BEGIN. */
        ALONE,
        /** A PREPARE TRANSACTION. */
        PREPARE,
        /** A COMMIT PREPARED of a transaction that was prepared before. */
        COMMIT_PREPARED,
        /** Nothing: no end of it was sent to the server. */
        NONE
    }

    /** What the client got. */
    public enum Answer {
        /** What it wanted. */
        DONE,
        /** ROLLBACK, in answer to its COMMIT, which is no error. */
        ROLLBACK,
        /** An error. */
        ERROR,
        /** None: the connection ended first. */
        NONE
    }

    /**
     * What the server said when it was asked.
     *
     * @param id the transaction's id; empty if it has none, since it wrote nothing
     * @param server which server that was: when it was started
     * @param mark the id of its row in {@link TransactionObserver#marks}; empty for none
     */
    public record Identity(Optional<String> id, String server, Optional<String> mark) {}
}

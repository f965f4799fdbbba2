// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

import dev.chaostest.ledger.LedgerEntry.Cause;
import java.util.List;

/** States of transactions: classes 25, 2D, 3B, 40. */
final class TransactionStates {

    private TransactionStates() {}

    static List<StateEntry> all() {
        return List.of(
                StateEntry.of("25001", "active_sql_transaction", "It is too late in this transaction for that.")
                        .by("SELECT 1", "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
                StateEntry.of("25006", "read_only_sql_transaction", "A write where only reads are allowed: a standby, say.")
                        .advised(RetryAdvice.RECONNECT)
                        .by("SET TRANSACTION READ ONLY", "CREATE TABLE chaos_never (i int)"),
                StateEntry.of("25P01", "no_active_sql_transaction", "That is for a transaction, but none is open.")
                        .takes("SAVEPOINT outside a transaction; the session is idle then, as it was"),
                StateEntry.of(
                                "25P02",
                                "in_failed_sql_transaction",
                                "The transaction had failed before, and nobody rolled it back.")
                        .by("SELECT 1 / 0", "SELECT 1"),
                ended("25P03", "idle_in_transaction_session_timeout", "A transaction was left open for too long.")
                        .takes("set idle_in_transaction_session_timeout, and wait in a transaction;"
                                + " `ServerError.idleInTransactionTimeout()` does so"),
                ended("25P04", "transaction_timeout", "A transaction took too long.")
                        .takes("set transaction_timeout on PostgreSQL 17 or later, and wait in a transaction;"
                                + " `ServerError.transactionTimeout()` does so"),
                StateEntry.of(
                                "2D000",
                                "invalid_transaction_termination",
                                "A procedure may not end a transaction that it did not begin.")
                        .by("DO 'BEGIN COMMIT; END'"),
                StateEntry.of("3B001", "invalid_savepoint_specification", "There is no savepoint of that name.")
                        .by("ROLLBACK TO SAVEPOINT chaos_nothing"),
                StateEntry.of("40001", "serialization_failure", "Concurrent transactions could not all be true.")
                        .takes("two sessions: REPEATABLE READ, and both update the same row"),
                StateEntry.of(
                                "40002",
                                "transaction_integrity_constraint_violation",
                                "The commit would have broken a constraint.")
                        .takes("PostgreSQL never answers with it; a deferred constraint gives 23505 or 23503 at COMMIT"),
                StateEntry.of("40003", "statement_completion_unknown", "Nobody knows whether the statement took effect.")
                        .takes("PostgreSQL never answers with it; drivers and other databases do"),
                StateEntry.of("40P01", "deadlock_detected", "Transactions waited for each other, and this one had to go.")
                        .takes("two sessions that lock two rows in opposite order"));
    }

    private static StateEntry ended(String code, String name, String meaning) {
        return StateEntry.of(code, name, meaning)
                .advised(RetryAdvice.RECONNECT)
                .provoked(Cause.FORGED)
                .leaves(Aftermath.SESSION_OVER);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.monitor;

/**
 * Something that a test has left on the server and should not have.
 *
 * <pre>{@code
 * assertThat(check.find()).extracting(Residue::kind).containsExactly(Residue.Kind.ADVISORY_LOCK);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param kind what kind of thing
 * @param pid the process id of the session; 0 for a prepared transaction, which has none
 * @param what the thing in words, with the statement and with who opened the connection
 * @since 0.1
 */
public record Residue(Kind kind, int pid, String what) {

    /** What can be left. */
    public enum Kind {
        /** A connection that nobody closed. */
        CONNECTION("an open connection", "close it in the code under test"),
        /** A transaction that nobody ended; it holds its locks. */
        TRANSACTION("an open transaction", "commit it, or roll it back, before the connection is given back"),
        /** An advisory lock of a session. */
        ADVISORY_LOCK(
                "an advisory lock",
                "release it with pg_advisory_unlock, or take it with pg_advisory_xact_lock, which ends with the transaction"),
        /** A transaction that was prepared and neither committed nor rolled back. */
        PREPARED_TRANSACTION("a prepared transaction", "end it with COMMIT PREPARED or ROLLBACK PREPARED"),
        /** A server process whose connection is closed, and that works on. */
        BACKEND(
                "a backend without a connection",
                "cancel the statement before its connection is closed: Statement.cancel, or a query timeout"),
        /** A temporary table, view or sequence in a session that lives on in a pool. */
        TEMPORARY_OBJECT("a temporary object", "drop it, or create it with ON COMMIT DROP");

        private final String noun;
        private final String advice;

        Kind(String noun, String advice) {
            this.noun = noun;
            this.advice = advice;
        }

        /** What to do about it. */
        public String advice() {
            return advice;
        }

        String noun() {
            return noun;
        }
    }

    @Override
    public String toString() {
        return what;
    }
}

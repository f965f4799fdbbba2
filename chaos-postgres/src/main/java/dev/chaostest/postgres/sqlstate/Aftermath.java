// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

/**
 * What is left of transaction and session behind a failure.
 *
 * @since 0.1
 */
public enum Aftermath {
    /** The transaction is aborted: each statement gets 25P02 until a roll-back. The session lives. */
    TRANSACTION_ABORTED("transaction aborted", "ERROR"),
    /** The session is over, and what was not committed is rolled back. */
    SESSION_OVER("session over", "FATAL"),
    /** No session came about. */
    NO_SESSION("no session", "FATAL");

    private final String label;
    private final String severity;

    Aftermath(String label, String severity) {
        this.label = label;
        this.severity = severity;
    }

    /** The aftermath in words. */
    public String label() {
        return label;
    }

    /** The severity with which the server says it, where it is the server that does. */
    public String severity() {
        return severity;
    }
}

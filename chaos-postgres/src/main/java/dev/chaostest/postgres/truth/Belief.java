// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

/**
 * What a client believes about its transaction, from the answer that reached it.
 *
 * @since 0.1
 */
public enum Belief {
    /**
     * The answer came, and was no error. That is so for a COMMIT that the server answered with ROLLBACK, too: pgjdbc does not
     * tell the two apart.
     */
    COMMITTED,
    /** An error came, or no answer at all. */
    FAILED
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

/**
 * What became of a transaction, as the database says.
 *
 * @since 0.1
 */
public enum Fate {
    /** Its effects are there. */
    COMMITTED,
    /** None of its effects is there. */
    ABORTED,
    /** Its backend is still at work, or it is prepared and waits for COMMIT PREPARED: it may end either way. */
    IN_PROGRESS,
    /** It changed nothing that a commit or an abort would make a difference for: the server gave it no number. */
    READ_ONLY,
    /** Nobody can say: the outcome has the reason. */
    UNKNOWN;

    @Override
    public String toString() {
        return name().replace('_', ' ');
    }
}

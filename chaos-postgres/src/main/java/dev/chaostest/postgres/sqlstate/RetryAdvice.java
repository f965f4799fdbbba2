// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sqlstate;

/**
 * What an application does best when a statement has failed with a state.
 *
 * <p>It is about the whole transaction, from its first statement on: a statement alone can't be run again in a transaction
 * that is aborted.
 *
 * @since 0.1
 */
public enum RetryAdvice {
    /** Roll back, and run the transaction again, a bounded number of times. */
    RUN_AGAIN("run the transaction again", Transience.TRANSIENT),
    /** Roll back, and run the transaction again a while later: what is short now must become free first. */
    RUN_AGAIN_LATER("run the transaction again after a pause", Transience.TRANSIENT),
    /** Take another connection, and run the transaction again: nothing was committed. */
    RECONNECT("take another connection and run the transaction again", Transience.TRANSIENT),
    /** Take another connection, and ask whether the transaction was committed: if the answer to COMMIT was lost, it may be. */
    ASK_FIRST("take another connection and ask whether it was committed", Transience.AMBIGUOUS),
    /** Don't: the same fails again until code, data or the database is another. */
    GIVE_UP("don't retry", Transience.PERMANENT);

    private final String label;
    private final Transience transience;

    RetryAdvice(String label, Transience transience) {
        this.label = label;
        this.transience = transience;
    }

    /** The advice in words. */
    public String label() {
        return label;
    }

    /** Whether the transaction can be run again. */
    public Transience transience() {
        return transience;
    }

    static RetryAdvice usual(Transience transience) {
        return switch (transience) {
            case TRANSIENT -> RUN_AGAIN;
            case AMBIGUOUS -> ASK_FIRST;
            case PERMANENT -> GIVE_UP;
        };
    }
}

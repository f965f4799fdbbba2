// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

/**
 * The ways in which a COMMIT, or the news of it, is lost.
 *
 * @since 0.1
 */
public enum CommitFault {
    /** The connection is lost before it is sent: nothing is committed; the caller sees 08006. */
    NEVER_SENT,
    /** It is carried out, and the reply is cut: all is committed; the caller sees 08006. */
    REPLY_LOST,
    /** It is carried out, and the reply is late by {@link ChaosCommit#delay}: who gives up sooner sees 08006. */
    ACKNOWLEDGED_LATE,
    /** The server fails it with {@link ChaosCommit#sqlState}: nothing is committed; the caller sees that. */
    REJECTED,
    /** The server answers ROLLBACK, since the transaction has failed unseen: nothing is committed; the caller sees no error. */
    ROLLED_BACK
}

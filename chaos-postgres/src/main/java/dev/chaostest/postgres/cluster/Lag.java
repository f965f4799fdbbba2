// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.cluster;

/**
 * Says how far a standby is behind its primary, in bytes of the write-ahead log.
 *
 * <p>Immutable. Source: PostgreSQL, "Recovery Information Functions".
 *
 * @param primaryLsn up to where the primary has flushed it
 * @param receivedLsn up to where the standby has got it
 * @param replayedLsn up to where its readers see it
 * @since 0.1
 */
public record Lag(long primaryLsn, long receivedLsn, long replayedLsn) {

    /** What would be lost if the primary were gone now; never negative. */
    public long notReceived() {
        return Math.max(0, primaryLsn - receivedLsn);
    }

    /** What readers of the standby do not see; never negative. */
    public long notReplayed() {
        return Math.max(0, primaryLsn - replayedLsn);
    }
}

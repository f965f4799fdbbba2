// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.postgres.truth.CommitLost;
import java.time.Duration;

/** Reads what {@link ChaosCommit} says about its fault; refuses what says nothing about it. */
final class CommitFaults {

    private static final String USUAL_STATE = "40001";
    private static final Duration USUAL_DELAY = Duration.ofSeconds(1);

    private CommitFaults() {}

    static Fault of(ChaosCommit commit) {
        CommitFault kind = commit.value();
        require(kind, CommitFault.REJECTED, "sqlState", commit.sqlState());
        require(kind, CommitFault.ACKNOWLEDGED_LATE, "delay", commit.delay());
        return switch (kind) {
            case NEVER_SENT -> CommitLost.neverSent();
            case REPLY_LOST -> CommitLost.replyLost();
            case ACKNOWLEDGED_LATE ->
                CommitLost.acknowledgedLate(
                        commit.delay().isEmpty() ? USUAL_DELAY : Durations.parse("delay", commit.delay()));
            case REJECTED -> CommitLost.rejected(commit.sqlState().isEmpty() ? USUAL_STATE : commit.sqlState());
            case ROLLED_BACK -> CommitLost.rolledBack();
        };
    }

    private static void require(CommitFault kind, CommitFault only, String attribute, String value) {
        if (kind != only && !value.isEmpty()) {
            throw new ChaosException(attribute + " must be set with CommitFault." + only + " only, but is \"" + value
                    + "\" with CommitFault." + kind + ". Remove it.");
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.junit5.Inner;
import org.junit.jupiter.api.Test;

/** What makes no sense at a COMMIT is refused before anything runs, with one message that says what to do. */
class CommitMistakesTest {

    private static void assertRefused(Class<?> testCases, String sentence) {
        assertThat(Inner.run(testCases).message())
                .isEqualTo("@ChaosCommit on " + testCases.getSimpleName() + ".isNeverRun: " + sentence);
    }

    @Test
    void aStateForALostReply() {
        assertRefused(
                StateOfALostReplyTestCases.class,
                "sqlState must be set with CommitFault.REJECTED only, but is \"40001\" with CommitFault.REPLY_LOST. Remove it.");
    }

    @PostgresTest
    static class StateOfALostReplyTestCases {
        @Test
        @ChaosCommit(value = CommitFault.REPLY_LOST, sqlState = "40001")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aDelayForARejection() {
        assertRefused(
                DelayOfARejectionTestCases.class,
                "delay must be set with CommitFault.ACKNOWLEDGED_LATE only, but is \"1s\" with CommitFault.REJECTED. Remove it.");
    }

    @PostgresTest
    static class DelayOfARejectionTestCases {
        @Test
        @ChaosCommit(value = CommitFault.REJECTED, delay = "1s")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aLostConnectionAsRejection() {
        assertRefused(
                RejectedByNobodyTestCases.class,
                "A rejected COMMIT must have an SQLSTATE that the server answers with, but 08006 is a lost connection. Use CommitLost.neverSent() or CommitLost.replyLost().");
    }

    @PostgresTest
    static class RejectedByNobodyTestCases {
        @Test
        @ChaosCommit(value = CommitFault.REJECTED, sqlState = "08006")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aStatementThatIsAnsweredByRollback() {
        assertRefused(
                RolledBackStatementTestCases.class,
                "A silent rollback must be the answer to a COMMIT, but UPDATE account is none. Use SqlTarget.on(\"COMMIT\").");
    }

    @PostgresTest
    static class RolledBackStatementTestCases {
        @Test
        @ChaosCommit(value = CommitFault.ROLLED_BACK, on = "UPDATE account")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void twoPlaces() {
        assertRefused(
                TwoPlacesTestCases.class,
                "only one of on and matching must be set, but both are. Use one annotation for each.");
    }

    @PostgresTest
    static class TwoPlacesTestCases {
        @Test
        @ChaosCommit(value = CommitFault.REPLY_LOST, on = "UPDATE account", matching = "balance")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }

    @Test
    void aDelayThatIsNoLength() {
        assertRefused(
                NoLengthTestCases.class,
                "delay must be a number and a unit (us, ms, s, m or h), but was \"soon\". Write for example \"250ms\".");
    }

    @PostgresTest
    static class NoLengthTestCases {
        @Test
        @ChaosCommit(value = CommitFault.ACKNOWLEDGED_LATE, delay = "soon")
        void isNeverRun() {
            throw new AssertionError("ran");
        }
    }
}

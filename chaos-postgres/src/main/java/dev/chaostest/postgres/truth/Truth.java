// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import dev.chaostest.postgres.wire.WireMount;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

/**
 * Finds out what became of each transaction that ended without an answer, or whose COMMIT was answered by ROLLBACK.
 *
 * <p>While a round is armed, the number of each transaction is asked for on its own session, in one write with what the client
 * sends there anyway; the client sees nothing of it, and no round trip is added. What became of that number is read on a
 * connection past the seam, once nobody works on the transaction any more. Transactions that were answered as usual cost no
 * question at the end.
 *
 * <pre>{@code
 * try (Truth truth = Truth.of(mount, admin)) {
 *     service.pay(order);
 *     assertThat(truth.lost()).isEmpty();
 * }
 * }</pre>
 *
 * <p>Remembers the last 1,000 transactions. Safe for use by many threads.
 *
 * @since 0.1
 */
public final class Truth implements AutoCloseable {

    private Truth() {}

    /**
     * Begins to follow the transactions of a mount, those of connections that are open included.
     *
     * @param mount whose sessions are followed
     * @param admin connects past the seam, to the same database
     * @throws dev.chaostest.plan.ChaosException if somebody follows them already
     */
    public static Truth of(WireMount mount, DataSource admin) {
        throw new UnsupportedOperationException(mount + " " + admin);
    }

    /** What {@link #resolve} finds within 10 s. */
    public List<TransactionOutcome> outcomes() {
        return resolve(Duration.ofSeconds(10));
    }

    /**
     * What became of each transaction that has ended so far since the last {@link #forget} without an answer, or with an
     * answer other than it should be; in the order in which they ended. No question is asked if there is none.
     *
     * @param deadline how long to wait for backends that still work on one; then it is {@link Fate#IN_PROGRESS}
     */
    public List<TransactionOutcome> resolve(Duration deadline) {
        return List.of();
    }

    /** Those that their client believes to be committed, and that are not. */
    public List<TransactionOutcome> lost() {
        return outcomes().stream().filter(TransactionOutcome::isLost).toList();
    }

    /** Those that failed for their client, and that are committed. */
    public List<TransactionOutcome> ghosts() {
        return outcomes().stream().filter(TransactionOutcome::isGhost).toList();
    }

    /** Forgets all that has ended so far: a new round begins. */
    public void forget() {}

    /** Ends it; what was found stays. Twice is harmless. */
    @Override
    public void close() {}
}

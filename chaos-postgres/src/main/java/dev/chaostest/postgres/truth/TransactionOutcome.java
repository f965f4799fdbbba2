// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.truth;

import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * What became of one transaction, beside what its client was told.
 *
 * <pre>{@code
 * transaction 771 COMMITTED; the client saw 08006 and ran it again as 774
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param number the transaction's id, as {@code pg_current_xact_id()} gives it; empty if it has none, or if it was never seen
 * @param fate what became of it
 * @param belief what its client believes
 * @param saw what its client saw: an SQLSTATE, {@code 08006} for a lost connection; {@code COMMIT}, {@code ROLLBACK}
 * @param reason why it is in doubt, or how its end came about; empty where nothing need be said
 * @param work the statements that wrote in it, by their site's name, in order; 100 at most
 * @param again later transactions that ran the same statements, and committed; their ids
 * @since 0.1
 */
public record TransactionOutcome(
        OptionalLong number, Fate fate, Belief belief, String saw, String reason, List<String> work, List<Long> again) {

    public TransactionOutcome {
        Objects.requireNonNull(number, "number");
        Objects.requireNonNull(fate, "fate");
        Objects.requireNonNull(belief, "belief");
        Objects.requireNonNull(saw, "saw");
        Objects.requireNonNull(reason, "reason");
        work = List.copyOf(work);
        again = List.copyOf(again);
    }

    /** Whether its client believes that it is committed, and it is not. */
    public boolean isLost() {
        return belief == Belief.COMMITTED && fate == Fate.ABORTED;
    }

    /** Whether its client believes that it failed, and it is committed. */
    public boolean isGhost() {
        return belief == Belief.FAILED && fate == Fate.COMMITTED;
    }

    @Override
    public String toString() {
        return name() + " " + fate + (reason.isEmpty() ? "" : " (" + reason + ")") + "; the client saw " + saw
                + (again.isEmpty()
                        ? ""
                        : " and ran it again as "
                                + again.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }

    private String name() {
        if (number.isPresent()) {
            return "transaction " + number.getAsLong();
        }
        return fate == Fate.READ_ONLY ? "a transaction without a number" : "a transaction without a known number";
    }
}

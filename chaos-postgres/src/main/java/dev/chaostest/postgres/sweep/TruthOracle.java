// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.postgres.sweep;

import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.postgres.truth.TransactionOutcome;
import dev.chaostest.postgres.truth.Truth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Judges a round of a sweep by what became of its transactions: one that its client believes to be committed, and is not, is
 * wrong where the test returned normally. One that failed for its client, and is committed, is told and counted: no client can
 * keep that from happening, only do the right thing then.
 *
 * <p>As safe for use by many threads as the {@link Truth}.
 *
 * @param truth forgotten before each round
 * @since 0.1
 */
public record TruthOracle(Truth truth) implements RoundOracle {

    private static final String GHOSTS = "ghost transaction: committed, though the client saw an error";
    private static final String LOST = "lost transaction: not committed, though the client saw no error";

    public TruthOracle {
        Objects.requireNonNull(truth, "truth");
    }

    @Override
    public Judgement judge(Ended round) {
        List<String> wrong = new ArrayList<>();
        List<String> told = new ArrayList<>();
        List<String> counted = new ArrayList<>();
        for (TransactionOutcome each : truth.outcomes()) {
            boolean isWrong = each.isLost() && round.hasReturned();
            (isWrong ? wrong : told).add("truth    : " + each);
            if (each.isGhost() || each.isLost()) {
                counted.add(each.isGhost() ? GHOSTS : LOST);
            }
        }
        return new Judgement(wrong, told, counted);
    }
}

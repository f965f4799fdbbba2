// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Tally;
import java.util.ArrayList;
import java.util.List;

/** Whether what was planned for a round came true. */
final class Fulfilment {

    private final Round round;

    Fulfilment(Round round) {
        this.round = round;
    }

    /** What did not, one sentence each; nothing is missed in a dry run. */
    List<String> unfulfilled() {
        if (isDryRun()) {
            return List.of();
        }
        List<String> sentences = new ArrayList<>(unreached());
        if (sentences.isEmpty() && !round.decisions().isFollowingPart()) {
            round.decisions().tallies().stream()
                    .filter(Tally::isMissed)
                    .map(Missed::sentence)
                    .forEach(sentences::add);
        }
        sentences.addAll(round.mismatches());
        return sentences;
    }

    /** What a replay did not come to, one sentence each. */
    List<String> unreached() {
        return isDryRun() ? List.of() : round.decisions().unreached();
    }

    private boolean isDryRun() {
        return round.wouldStrike() != null;
    }

    /** Throws the error that comes first: what was found, then what was not replayed, then what did not strike. */
    void verify() {
        if (!round.findings().isEmpty()) {
            throw new FindingError(String.join("\n", round.findings()));
        }
        List<String> unreached = unreached();
        if (!unreached.isEmpty()) {
            throw new NotReproducedError(Missed.notReproduced(
                    round.plan(), unreached, round.decisions().seen()));
        }
        List<String> sentences = unfulfilled();
        if (!sentences.isEmpty()) {
            throw new UnfulfilledPlanError(
                    Missed.message(sentences, round.decisions().seen()));
        }
    }
}

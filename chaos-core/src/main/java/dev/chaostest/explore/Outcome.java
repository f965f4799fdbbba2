// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.explore;

import dev.chaostest.plan.Site;
import java.util.List;
import java.util.Map;

/**
 * What came of one round.
 *
 * @param result in one word
 * @param text why, in a sentence; empty if it is green
 * @param seen how often each site was reached
 * @param answers what came back for the faults that struck, in order
 * @param recurs whether the test arrived again where the fault had struck
 * @param counted what oracles have the verdict count
 * @since 0.1
 */
public record Outcome(
        Result result, String text, Map<Site, Long> seen, List<String> answers, boolean recurs, List<String> counted) {

    /** What came of it in one word. */
    public enum Result {
        /** All that must hold held. */
        GREEN,
        /** Something did not. */
        RED,
        /** The fault did not strike, since nothing arrived at its point. */
        NOT_REACHED,
        /** Something else than the fault came back. */
        IMPOSSIBLE
    }

    public Outcome {
        seen = Map.copyOf(seen);
        answers = List.copyOf(answers);
        counted = List.copyOf(counted);
    }

    /** Of a round that was not run to its end. */
    static Outcome unfinished() {
        return new Outcome(Result.RED, "it was not run to its end", Map.of(), List.of(), false, List.of());
    }

    /** Whether a second round of the same variant went the same way, as far as a test can tell. */
    public boolean isLike(Outcome other) {
        return result == other.result && seen.keySet().equals(other.seen.keySet()) && answers.equals(other.answers);
    }
}

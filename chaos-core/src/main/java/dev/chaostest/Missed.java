// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Tally;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Says what was planned and did not happen. */
final class Missed {

    private static final int SITES_SHOWN = 20;
    private static final int LANES_SHOWN = 10;

    private Missed() {}

    static String sentence(Tally tally) {
        String fault = "planned was " + tally.rule();
        if (tally.reached() == 0) {
            return fault + ", but nothing arrived there";
        }
        if (tally.overshadowed() > 0) {
            return fault + ", but an earlier fault had already ended the call (" + tally.overshadowed() + " of "
                    + Amount.of(tally.reached(), "hit") + ")";
        }
        if (!tally.lacking().isEmpty()) {
            return fault + ", but it struck fewer than "
                    + times(tally.rule().mustStrike()) + " on "
                    + tally.lacking().size() + " of the "
                    + (tally.rule().counting() == Rule.Counting.KEY ? "keys" : "lanes") + " that arrived: "
                    + tally.lacking().stream()
                            .limit(LANES_SHOWN)
                            .map(Lane::name)
                            .collect(Collectors.joining(", "))
                    + (tally.lacking().size() > LANES_SHOWN ? " ..." : "");
        }
        return fault + ", but it struck " + tally.struck() + " of "
                + times(tally.rule().mustStrike()) + " in " + Amount.of(tally.reached(), "hit") + draws(tally);
    }

    private static String times(long n) {
        return Amount.of(n, "time");
    }

    private static String draws(Tally tally) {
        return tally.draws().isEmpty() ? "" : "; its first draws were " + tally.draws();
    }

    static String message(List<String> sentences, SortedMap<Site, Long> seen) {
        return "Every planned fault must strike, and come back as planned, but "
                + (sentences.size() == 1 ? "one did not" : sentences.size() + " did not") + ". Correct its target (the "
                + "sites that were seen are below), lower its count, or allow it to miss."
                + sentences.stream().map(s -> "\n  missed : " + s).collect(Collectors.joining())
                + sites(seen);
    }

    static String notReproduced(Plan plan, List<String> unreached, SortedMap<Site, Long> seen) {
        int recorded = plan.script().map(script -> script.decisions().size()).orElse(0);
        return "A replay must come to every fault that its token holds, but did not reproduce " + unreached.size()
                + " of "
                + recorded
                + ", and was green. Go back to the code that printed the token; or, if the bug is mended, forget "
                + "the token."
                + unreached.stream()
                        .limit(SITES_SHOWN)
                        .map(s -> "\n  missed : " + s)
                        .collect(Collectors.joining())
                + sites(seen);
    }

    private static String sites(SortedMap<Site, Long> seen) {
        if (seen.isEmpty()) {
            return "\n  seen   : nothing; does the code under test use what was handed to the test?";
        }
        String shown =
                seen.entrySet().stream().limit(SITES_SHOWN).map(Missed::site).collect(Collectors.joining());
        int more = seen.size() - SITES_SHOWN;
        return more > 0 ? shown + "\n  seen   : and " + Amount.of(more, "more site") : shown;
    }

    private static String site(Map.Entry<Site, Long> entry) {
        return "\n  seen   : " + entry.getKey() + " (" + entry.getValue()
                + (entry.getValue() == 1 ? " hit)" : " hits)");
    }
}

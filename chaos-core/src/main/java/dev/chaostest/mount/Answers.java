// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What came back for the faults that struck, and where that is not what was planned; safe for use by many threads. */
final class Answers {

    private static final int MISMATCHES_MAX = 100;

    private final Ledger ledger;
    private final List<String> mismatches = new CopyOnWriteArrayList<>();
    private final Set<String> unseen = ConcurrentHashMap.newKeySet();
    /** By place in the ledger; as many as there are calls in flight, unless a seam is broken. */
    private final Map<Long, LedgerEntry.Fired> unanswered = new ConcurrentSkipListMap<>();

    Answers(Ledger ledger) {
        this.ledger = ledger;
    }

    /** It has struck; something of it must come back, if its fault says so. */
    void await(LedgerEntry.Fired fired) {
        if (fired.fault().mustComeBack().isPresent() && unanswered.size() < MISMATCHES_MAX) {
            unanswered.put(fired.sequence(), fired);
        }
    }

    void answered(LedgerEntry.Fired fired, String answer, LedgerEntry.@Nullable Cause cause) {
        unanswered.remove(fired.sequence());
        boolean planned = ledger.answered(fired, answer, cause).planned();
        if (!planned) {
            add(struck(fired) + ", but " + answer + " came back");
        }
    }

    void refused(LedgerEntry.Fired fired, String why) {
        unanswered.remove(fired.sequence());
        ledger.answered(fired, "refused");
        add(struck(fired) + ", but it could not be carried out: " + why);
    }

    /** Nobody can see whether what the rule is about arrives. */
    void unseen(Rule rule, String why) {
        String sentence = "planned was " + rule + ", but " + why;
        if (!unseen.add(sentence)) {
            return;
        }
        ledger.noted(sentence);
        if (!rule.optional()) {
            add(sentence);
        }
    }

    private void add(String sentence) {
        if (mismatches.size() < MISMATCHES_MAX) {
            mismatches.add(sentence);
        }
    }

    /** One sentence each. */
    List<String> mismatches() {
        List<String> sentences = new ArrayList<>(mismatches);
        unanswered.values().stream()
                .map(fired -> struck(fired) + ", but nothing was seen to come back")
                .forEach(sentences::add);
        return sentences;
    }

    private static String struck(LedgerEntry.Fired fired) {
        return "planned was " + fired.fault() + " at " + fired.hit();
    }
}

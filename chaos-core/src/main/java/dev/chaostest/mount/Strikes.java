// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes of what the plan decides what a seam carries out; of a dry run's decisions only a count. */
final class Strikes {

    private final Round round;
    private final @Nullable WouldStrike dryRun;
    private final Answers answers;
    private final Holds holds = new Holds();

    Strikes(Round round, @Nullable WouldStrike dryRun, Answers answers) {
        this.round = round;
        this.dryRun = dryRun;
        this.answers = answers;
    }

    /** Of one arrival; in the ledger when this returns. */
    @Nullable
    Strike of(@Nullable Decision decision, Supplier<String> text, Set<String> machinery) {
        if (decision == null || isCounted(decision)) {
            return null;
        }
        String caller = Callers.nearest(machinery);
        List<Strike.Blow> blows = new ArrayList<>();
        for (Decision.Due due : decision.due()) {
            LedgerEntry.Fired fired = round.ledger().fired(decision.hit(), due, text.get(), caller);
            answers.await(fired);
            blows.add(new Strike.Blow(round, fired, due.draw()));
        }
        overshadow(decision);
        return new Strike(blows);
    }

    /** Of something that stays; not in the ledger, since it has not struck. */
    List<Pending> pending(List<Decision> decisions) {
        List<Pending> due = new ArrayList<>();
        for (Decision decision : decisions) {
            if (!isCounted(decision)) {
                decision.due().forEach(each -> due.add(holds.decided(new Pending(round, decision.hit(), each))));
                overshadow(decision);
            }
        }
        return due;
    }

    private boolean isCounted(Decision decision) {
        if (dryRun != null) {
            dryRun.count(decision);
        }
        return dryRun != null;
    }

    private void overshadow(Decision decision) {
        decision.overshadowed().forEach(rule -> round.ledger().overshadowed(decision.hit(), rule));
    }

    /** What was due for things that stay and found nothing to strike, one sentence each. */
    List<String> lacking() {
        return holds.lacking();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.CallCatalogue;
import dev.chaostest.explore.Outcome;
import dev.chaostest.explore.Sweeping;
import dev.chaostest.explore.Turn;
import dev.chaostest.explore.Verdict;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution of a swept test; its rounds find it.
 *
 * @param wanted what the test asks for
 * @param sweeping hands out the rounds
 * @param failing keeps what was red
 * @param test under which name
 */
record SweepRun(ChaosSweep wanted, Sweeping sweeping, FailingTokens failing, String test) {

    private static final Logger LOG = LoggerFactory.getLogger(SweepRun.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SweepRun.class);

    /** Begins it. */
    static SweepRun begin(ExtensionContext template) {
        ChaosSweep wanted = SweepRequest.of(template);
        Sweeping sweeping = SweepRequest.sweeping(wanted, template);
        sweeping.consult(new CallCatalogue());
        SweepRun begun = new SweepRun(
                wanted, sweeping, TestRun.of(template).failing(), SweepRequest.keptAs(template));
        template.getStore(NAMESPACE).put(SweepRun.class, begun);
        return begun;
    }

    /** That of an invocation; empty if JUnit runs it for another reason than a sweep. */
    static Optional<SweepRun> of(ExtensionContext context) {
        return Optional.ofNullable(context.getStore(NAMESPACE).get(SweepRun.class, SweepRun.class));
    }

    /** Takes what came of a round: what is red is tried first the next time, until it is not. */
    void ended(Turn turn, Outcome outcome, Token token) {
        sweeping.ended(outcome);
        if (!(turn instanceof Turn.Try tried)) {
            return;
        }
        List<Token> kept = failing.of(test).stream()
                .filter(each -> each.variant().equals(token.variant()))
                .toList();
        if (tried.first().isPresent() && kept.isEmpty()) {
            failing.add(test, token);
        } else if (outcome.result() == Outcome.Result.GREEN) {
            kept.forEach(each -> failing.remove(test, each));
        }
    }

    /** Says what came of the sweep. */
    static void tell(Verdict verdict, ExtensionContext context) {
        String text = String.join("\n  ", verdict.lines());
        LOG.info("{}\n  {}", Tests.name(context), text);
        context.publishReportEntry("chaos.sweep", String.join("\n", verdict.lines()));
        verdict.whyVoid().ifPresent(why -> {
            throw new SweepRed(why + "\n  " + text);
        });
    }
}

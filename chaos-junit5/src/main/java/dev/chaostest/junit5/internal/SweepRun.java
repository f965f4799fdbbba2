// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.CallCatalogue;
import dev.chaostest.explore.Outcome;
import dev.chaostest.explore.Sweeping;
import dev.chaostest.explore.Turn;
import dev.chaostest.explore.Verdict;
import dev.chaostest.junit5.ChaosSweep;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One execution of a swept test; its rounds find it.
 *
 * @param wanted what the test asks for
 * @param sweeping hands out the rounds
 * @param kept what was red the last time; empty where nothing is to change that
 */
record SweepRun(ChaosSweep wanted, Sweeping sweeping, Optional<KeptVariants> kept) {

    private static final Logger LOG = LoggerFactory.getLogger(SweepRun.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SweepRun.class);

    /** Begins it. */
    static SweepRun begin(ExtensionContext template) {
        ChaosSweep wanted = SweepRequest.of(template);
        Optional<KeptVariants> kept = KeptVariants.of(template);
        Sweeping sweeping = SweepRequest.sweeping(
                wanted, template, kept.map(KeptVariants::first).orElse(Set.of()));
        sweeping.consult(new CallCatalogue());
        SweepRun begun = new SweepRun(wanted, sweeping, kept);
        template.getStore(NAMESPACE).put(SweepRun.class, begun);
        return begun;
    }

    /** That of an invocation; empty if JUnit runs it for another reason than a sweep. */
    static Optional<SweepRun> of(ExtensionContext context) {
        return Optional.ofNullable(context.getStore(NAMESPACE).get(SweepRun.class, SweepRun.class));
    }

    /** Takes what came of a round: what is red is tried first the next time, until it is not. */
    void ended(Turn turn, Outcome outcome) {
        sweeping.ended(outcome);
        if (turn instanceof Turn.Try tried) {
            kept.ifPresent(variants -> variants.ended(tried, outcome));
        }
    }

    /** Says what came of the sweep. */
    static void tell(Verdict verdict, ExtensionContext context) {
        String text = String.join("\n  ", verdict.lines());
        String headline = Tests.name(context) + ": " + verdict.line();
        if (verdict.red().isEmpty()) {
            LOG.info("{}\n  {}", headline, text);
        } else {
            LOG.warn("{}\n  {}", headline, text);
        }
        context.publishReportEntry("chaos.sweep", String.join("\n", verdict.lines()));
        verdict.whyVoid().ifPresent(why -> {
            throw new SweepRed(why + "\n  " + text);
        });
    }
}

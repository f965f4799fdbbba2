// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.Outcome;
import dev.chaostest.explore.Turn;
import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Seed;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The variants of one sweep that were red the last time, which come first until they are green or there no longer. */
final class KeptVariants {

    /** A variant is the same whatever the seed, so that no run keeps it once more. */
    private static final Seed ANY = new Seed(0);

    private final FailingTokens kept;
    private final String test;
    private final Set<Integer> first;
    private final Set<Integer> tried = ConcurrentHashMap.newKeySet();

    private KeptVariants(FailingTokens kept, String test) {
        this.kept = kept;
        this.test = test;
        this.first = kept.of(test).stream()
                .filter(token -> token.isOf(test))
                .flatMapToInt(token -> token.variant().stream())
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Those of a sweep that begins; empty in a replay and in a dry run, which change nothing. */
    static Optional<KeptVariants> of(ExtensionContext template) {
        TestRun run = TestRun.of(template);
        return run.isDryRun() || run.seeds().replayOf(template).isPresent()
                ? Optional.empty()
                : Optional.of(new KeptVariants(run.failing(), Tests.fullName(template)));
    }

    /** Those that come first. */
    Set<Integer> first() {
        return first;
    }

    /** A round is over. One that was given up, or is run once more, says nothing yet. */
    void ended(Turn.Try round, Outcome outcome) {
        int variant = round.of().id();
        tried.add(variant);
        if (round.first().isPresent()) {
            kept.add(test, token(variant)); // red once is red, also where it is green the second time
        } else if (outcome.result() == Outcome.Result.GREEN) {
            kept.remove(test, token(variant));
        }
    }

    /** The sweep is over, and nothing was left out for want of rounds or time: what it no longer has is forgotten. */
    void ended() {
        first.stream().filter(variant -> !tried.contains(variant)).forEach(gone -> kept.remove(test, token(gone)));
    }

    private Token token(int variant) {
        return Token.ofVariant(ANY, test, SweepRequest.FINGERPRINT, variant);
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Seed;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** The variants of a sweep that were red in earlier executions: they are tried first, until they are green or gone. */
final class KeptVariants {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(KeptVariants.class);
    /** A variant is the same whatever the seed, so that no run keeps it once more. */
    private static final Seed ANY = new Seed(0);

    private final FailingTokens kept;
    private final String file;
    private final String test;
    private final Set<Integer> first;
    private final Set<Integer> tried = ConcurrentHashMap.newKeySet();

    private KeptVariants(FailingTokens kept, String file, String test) {
        this.kept = kept;
        this.file = file;
        this.test = test;
        this.first = kept.of(file).stream()
                .filter(token -> token.isOf(test))
                .flatMapToInt(token -> token.variant().stream())
                .boxed()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Those of a sweep that begins; its rounds find them. None in a replay and in a dry run, which change nothing. */
    static Set<Integer> begin(ExtensionContext template) {
        TestRun run = TestRun.of(template);
        if (run.isDryRun() || run.seeds().replayOf(template).isPresent()) {
            return Set.of();
        }
        KeptVariants variants = new KeptVariants(run.failing(), Tests.fullName(template), Tests.name(template));
        template.getStore(NAMESPACE).put(KeptVariants.class, variants);
        return variants.first;
    }

    /** Those of the sweep that this is a round of. */
    static Optional<KeptVariants> of(ExtensionContext context) {
        return Optional.ofNullable(context.getStore(NAMESPACE).get(KeptVariants.class, KeptVariants.class));
    }

    /**
     * Ends a round, and notes what JUnit sees of it.
     *
     * @param ended may throw what JUnit sees, too
     */
    static void watch(Optional<KeptVariants> variants, SweepRound round, Optional<Throwable> thrown, Runnable ended) {
        Optional<Throwable> seen = thrown;
        try {
            ended.run();
        } catch (RuntimeException | Error told) {
            seen = seen.or(() -> Optional.of(told));
            throw told;
        } finally {
            Optional<Throwable> known = seen;
            variants.ifPresent(kept -> kept.ended(round, known));
        }
    }

    /** A round is over. One that was given up, or is run once more, says nothing yet. */
    private void ended(SweepRound round, Optional<Throwable> seen) {
        if (round.isVerdict()) {
            first.stream().filter(variant -> !tried.contains(variant)).forEach(gone -> kept.remove(file, token(gone)));
        }
        round.turn().variant().ifPresent(variant -> {
            tried.add(variant.id());
            if (seen.isEmpty()) {
                kept.remove(file, token(variant.id()));
            } else if (!(seen.get() instanceof TestAbortedException)) {
                kept.add(file, token(variant.id()));
            }
        });
    }

    private Token token(int variant) {
        return Token.ofVariant(ANY, test, SweepRequest.FINGERPRINT, variant);
    }
}

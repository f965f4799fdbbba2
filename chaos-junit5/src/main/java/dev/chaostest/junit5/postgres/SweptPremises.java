// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.postgres;

import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Turn;
import dev.chaostest.junit5.internal.StoredResource;
import dev.chaostest.junit5.internal.SweepRound;
import dev.chaostest.junit5.internal.TestRound;
import dev.chaostest.junit5.internal.TestTimeout;
import dev.chaostest.postgres.sweep.Sweep;
import dev.chaostest.postgres.sweep.SweepJudge;
import java.time.Clock;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where the rounds of a sweep work: kept from one to the next, with what is in it set back; made anew only where that can't be
 * done, or where a round has failed and what it left is kept for a look.
 */
final class SweptPremises implements AutoCloseable {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SweptPremises.class);

    private @Nullable Stay stay;
    private @Nullable SweepJudge judge;
    private boolean anew;
    private boolean kept;

    /** Those of this invocation's sweep; made in its first round, closed behind its last. */
    @SuppressWarnings("unchecked") // the store's own key and type
    static SweptPremises of(ExtensionContext context) {
        StoredResource<SweptPremises> stored = context.getParent()
                .orElseThrow()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        SweptPremises.class, key -> new StoredResource<>(new SweptPremises()), StoredResource.class);
        return stored.value();
    }

    /**
     * Makes them ready for a round.
     *
     * @return where it works
     */
    synchronized Stay begin(ExtensionContext context, TestRound round, SweepRound sweep, OptionalInt poolSize) {
        boolean runs = !(sweep.turn() instanceof Turn.End);
        boolean shifted = sweep.turn() instanceof Turn.Clean clean && clean.again();
        Stay now = stay;
        if (now == null || (runs && (anew || !now.begins(shifted)))) {
            now = move(context, round, poolSize);
            now.begins(shifted);
        }
        if (runs) {
            Stay here = now;
            round.onFailure(() -> keepOnce(here));
            sweep.judgedBy(new Judging(judge(), sweep, context));
            sweep.accept(judge()::isAccepted);
        }
        return now;
    }

    private Stay move(ExtensionContext context, TestRound round, OptionalInt poolSize) {
        if (stay != null) {
            stay.close();
        }
        stay = Stay.make(context, round.scope(), TestTimeout.of(context).forStatements(), poolSize);
        anew = false;
        if (judge == null) {
            judge = new SweepJudge(stay.space(), Clock.systemUTC());
        } else {
            judge.moveTo(stay.space());
        }
        return stay;
    }

    private SweepJudge judge() {
        if (judge == null) {
            throw new IllegalStateException("a sweep must have a judge as soon as it has premises, but has none.");
        }
        return judge;
    }

    /** What the test says about its sweep. */
    synchronized Sweep sweep() {
        return judge().sweep();
    }

    /** Of many rounds that fail, what the first one left is enough to look at. */
    private synchronized List<String> keepOnce(Stay of) {
        if (kept) {
            return List.of();
        }
        List<String> lines = of.keep();
        kept = !lines.isEmpty();
        anew |= kept;
        return lines;
    }

    @Override
    public synchronized void close() {
        if (judge != null) {
            judge.close();
        }
        if (stay != null) {
            stay.close();
        }
    }

    /** The judge needs what arrived in the clean rounds, too. */
    private record Judging(SweepJudge judge, SweepRound sweep, ExtensionContext context) implements RoundOracle {

        @Override
        public void begins(Turn turn) {
            judge.begins(turn);
        }

        @Override
        public Judgement judge(Ended round) {
            if (round.isClean()) {
                judge.recorded(sweep.recorded());
            }
            return judge.judge(round, PostgresRound.of(context).residue().lent());
        }
    }
}

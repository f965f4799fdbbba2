// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.NotReproducedError;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.explore.shrink.Effort;
import dev.chaostest.junit5.evidence.internal.FailingTokens;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.FiredDecision;
import dev.chaostest.plan.Script;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The invocations of one {@code @ChaosTest}: what was red before, then its rounds; and behind a round that was red with many
 * faults those that find the guilty ones, where JUnit asks for one invocation after the other.
 */
final class ChaosRounds implements Iterator<TestTemplateInvocationContext> {

    /** One or two are as few as shrinking could come to. */
    private static final int FEW = 2;

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ChaosRounds.class);

    private final String test;
    private final TestRun run;
    private final FailingTokens failing;
    private final boolean isInTurn;
    private final Deque<Attempt> planned = new ArrayDeque<>();
    private final Map<Integer, Attempt> byInvocation = new ConcurrentHashMap<>();
    private @Nullable Attempt given;
    private @Nullable Attempt next;
    private volatile @Nullable Shrinking shrinking;
    private boolean isShrunk;

    private ChaosRounds(ExtensionContext template, int rounds) {
        this.test = Tests.fullName(template);
        this.run = TestRun.of(template);
        this.failing = run.failing();
        this.isInTurn = isInTurn(template);
        Optional<Token> replay = run.seeds().replayOf(template);
        if (replay.isEmpty() && !run.isDryRun()) {
            failing.of(test).stream()
                    .filter(token -> token.isOf(test))
                    .forEach(token -> planned.add(new KeptRound(failing, test, token)));
        }
        for (long round = 1; round <= Math.max(rounds, replay.map(Token::round).orElse(0L)); round++) {
            long number = round;
            if (replay.filter(token -> !token.isAbout(number)).isEmpty()) {
                planned.add(new PlainRound("round " + number + " of " + rounds, number, replay, this));
            }
        }
    }

    /** Plans the invocations of a test; its rounds find them. */
    static ChaosRounds begin(ExtensionContext template, int rounds) {
        ChaosRounds planned = new ChaosRounds(template, rounds);
        template.getStore(NAMESPACE).put(ChaosRounds.class, planned);
        return planned;
    }

    /** What is planned for an invocation; empty if it is of another kind of test. */
    static Optional<Attempt> attempt(ExtensionContext context) {
        return Optional.ofNullable(context.getStore(NAMESPACE).get(ChaosRounds.class, ChaosRounds.class))
                .map(rounds -> rounds.byInvocation.get(Tests.invocation(context)));
    }

    private static boolean isInTurn(ExtensionContext template) {
        boolean isParallel = template.getConfigurationParameter("junit.jupiter.execution.parallel.enabled")
                .map(Boolean::parseBoolean)
                .orElse(false);
        return !isParallel || template.getExecutionMode() == ExecutionMode.SAME_THREAD;
    }

    @Override
    public boolean hasNext() {
        if (next == null) {
            next = find();
        }
        return next != null;
    }

    @Override
    public TestTemplateInvocationContext next() {
        Attempt found = hasNext() ? next : null;
        if (found == null) {
            throw new NoSuchElementException("there is no round behind the last.");
        }
        next = null;
        given = found;
        return new Invocation(found, byInvocation);
    }

    private @Nullable Attempt find() {
        Shrinking running = shrinking;
        if (running == null) {
            return planned.poll();
        }
        if (given != null && !given.isOver()) { // who picks one invocation of many gets no other
            shrinking = null;
            throw running.failure();
        }
        if (given instanceof LastRound) {
            shrinking = null;
            return planned.poll();
        }
        if (given instanceof ShrunkRound tried) {
            running.ran(tried);
        }
        Optional<Attempt> tried = running.next().map(each -> each);
        return tried.orElseGet(() -> new LastRound("shrunk: " + running.result(), running.shrunk(), running, this));
    }

    /** Whether there are more faults than shrinking could come to. */
    static boolean isMany(ChaosScope scope) {
        return scope.round().decisions().fired().size() > FEW;
    }

    /** Why a red round is not shrunk, for its report; nothing to say if empty, and it is shrunk if null. */
    @Nullable
    String whyNotShrunk(Throwable thrown, PlainRound round, TestRound red) {
        List<FiredDecision> fired = red.scope().round().decisions().fired();
        Optional<Script> followed = round.follows().flatMap(Token::script);
        boolean isAskedFor = followed.isEmpty() || (followed.get().complete() && run.isShrinkingSet());
        boolean isOfFaults = !(thrown instanceof UnfulfilledPlanError || thrown instanceof NotReproducedError);
        if (run.shrinking() == 0 || run.isDryRun() || !isMany(red.scope()) || !isAskedFor || !isOfFaults) {
            return "";
        }
        if (!isInTurn) {
            return "the invocations of this test run at once; add @Execution(ExecutionMode.SAME_THREAD)";
        }
        if (fired.size() > Token.DECISIONS_MAX) {
            return fired.size() + " faults struck, and a token holds " + Token.DECISIONS_MAX;
        }
        return isShrunk ? "an earlier round was" : null;
    }

    /** Begins to shrink a round. Its failure is told by the last of the invocations that follow. */
    Shrinking shrink(Throwable thrown, TestRound red) {
        Shrinking begun = new Shrinking(
                red.failure(thrown),
                FailureKind.of(thrown, red.type()),
                red.token(),
                red.scope().round().decisions().fired(),
                Effort.ofDefaults().withMaxRuns(run.shrinking()));
        isShrunk = true;
        shrinking = begun;
        return begun;
    }

    /** The failure of a round that was not red again in the end. */
    ChaosTestFailure firstFailure(Shrinking shrunk, TestRound last) {
        keep(last, shrunk.unshrunk());
        ChaosTestFailure failure = shrunk.failure();
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return ChaosTestFailure.of(
                cause,
                failure.getMessage() + "\n  shrunk   : " + shrunk.result()
                        + ", but was not red in the last: the test is not deterministic");
    }

    /** Has the next execution begin with this, if it would not come to it by itself. */
    void keep(TestRound red, Token token) {
        boolean isByChance =
                red.scope().plan().isByChance(red.scope().round().decisions().lanes());
        if (isByChance && token.script().isPresent() && !run.isDryRun()) {
            failing.add(test, token);
        }
    }

    /** @param byInvocation where it says which number JUnit has given to it */
    private record Invocation(Attempt attempt, Map<Integer, Attempt> byInvocation)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocationIndex) {
            byInvocation.put(invocationIndex, attempt);
            return attempt.name();
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which seed a round has and which decisions it follows, and the token that replays it.
 *
 * @param test the test's name, for people
 * @param fullName the same with its package, for the token: another test of the same name is another test
 * @param seed the seed of the run
 * @param round which round of the test
 * @param followed the token that it replays, if it does
 * @param isSwept whether a sweep chooses the faults: its rounds differ in nothing else, and follow nothing
 */
record Replay(String test, String fullName, Seed seed, long round, Optional<Token> followed, boolean isSwept) {

    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    /** @param attempt what a {@code @ChaosTest} has planned for this invocation */
    static Replay of(ExtensionContext context, Optional<Attempt> attempt, boolean isSwept) {
        Seeds seeds = TestRun.of(context).seeds();
        String test = Tests.name(context);
        Optional<Token> followed = attempt.flatMap(Attempt::follows).or(() -> seeds.replayOf(context));
        if (seeds.replay().isPresent() && followed.isEmpty()) {
            LOG.warn("The replay token is of another test than {}, which only takes its seed", test);
        }
        return new Replay(
                test,
                Tests.fullName(context),
                followed.map(Token::seed).orElseGet(() -> seeds.of(context)),
                isSwept || TestRound.isSameSeed(context)
                        ? 1
                        : attempt.map(Attempt::round).orElseGet(() -> Tests.round(context)),
                followed,
                isSwept);
    }

    /** The seed of this round. */
    Seed roundSeed() {
        return seed.round(round);
    }

    /** Leaves those rounds out that the token is not about; of a chaos test there are none. */
    void requireItsRound() {
        followed.filter(token -> !token.isAbout(round)).ifPresent(token -> {
            throw new TestAbortedException("The replay token is about round " + token.round() + " of " + test
                    + ", and this is round " + round + ".");
        });
    }

    /**
     * The plan of these rules, with the decisions that are made already.
     *
     * @param mayDiffer whether a token of another plan is left out
     * @throws ChaosException if the token is of another plan, and may not be
     */
    Plan plan(List<Rule> rules, boolean mayDiffer) {
        Plan plan = new Plan(roundSeed(), rules);
        if (followed.isEmpty() || isSwept) {
            return plan;
        }
        Token token = followed.get();
        boolean isOfThis = token.plan() == plan.fingerprint();
        if (!isOfThis && mayDiffer) {
            return plan;
        }
        if (!isOfThis) {
            throw new ChaosException(
                    "The plan of " + test + " must be the one of the replay token, but its annotations "
                            + "have changed since the token was printed. Go back to that version, or run the new plan with the "
                            + "old seed: -Dchaos.seed=" + token.seed() + ".");
        }
        return token.script().map(plan::following).orElse(plan);
    }

    /** The token that replays this round. */
    Token token(ChaosScope scope) {
        if (followed.flatMap(Token::script).isPresent()) {
            return followed.get();
        }
        Script made = scope.dryRun().isPresent()
                ? Script.of(List.of())
                : scope.round().decisions().script();
        return Token.of(seed, fullName, scope.plan(), round, made);
    }

    /** What the token can't promise. */
    String unfixed(ChaosScope scope) {
        long lanes = scope.round().decisions().lanes();
        Plan plan = scope.plan();
        if (token(scope).script().isPresent()) {
            return lines(plan.unfixedByDecisions(lanes));
        }
        int made = scope.round().decisions().fired().size();
        String many = made > Token.DECISIONS_MAX && !plan.unfixed(lanes).isEmpty()
                ? "\n  not fixed: at which hits faults struck; they are " + made + ", and a token holds "
                        + Token.DECISIONS_MAX
                : "";
        return many + lines(plan.unfixed(lanes));
    }

    private static String lines(List<String> reasons) {
        return reasons.stream().map(reason -> "\n  not fixed: " + reason).collect(Collectors.joining());
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.explore.CallCatalogue;
import dev.chaostest.explore.Catalogue;
import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Judgement;
import dev.chaostest.explore.Outcome;
import dev.chaostest.explore.Recorder;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Sweeping;
import dev.chaostest.explore.Turn;
import dev.chaostest.explore.Variant;
import dev.chaostest.explore.Verdict;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.work.WorkersError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one invocation of a {@link ChaosSweep} has to do with the sweep: what it is to meet, and what came of it. */
public final class SweepRound {

    private static final Logger LOG = LoggerFactory.getLogger(SweepRound.class);
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SweepRound.class);

    private final ChaosSweep wanted;
    private final Sweeping sweeping;
    private final Turn turn;
    private final Recorder recorder;
    private final List<Rule> rules;
    private final List<RoundOracle> oracles = new ArrayList<>();
    private final List<Predicate<Throwable>> accepted = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private @Nullable Throwable expected;
    private @Nullable String red;
    private boolean judged;

    private SweepRound(ChaosSweep wanted, Sweeping sweeping, Turn turn) {
        this.wanted = wanted;
        this.sweeping = sweeping;
        this.turn = turn;
        this.recorder = new Recorder(sweeping.catalogues());
        this.rules = turn.variant().map(Variant::rule).stream().toList();
        for (Class<? extends Throwable> type : wanted.accepts()) {
            accepted.add(type::isInstance);
        }
    }

    /** Begins a sweep; its rounds find it. */
    static Sweeping begin(ExtensionContext template) {
        ChaosSweep wanted = SweepRequest.of(template);
        Sweeping sweeping = SweepRequest.sweeping(wanted, template);
        sweeping.consult(new CallCatalogue());
        template.getStore(NAMESPACE).put(Sweeping.class, sweeping);
        return sweeping;
    }

    /** That of this invocation; empty if it belongs to no sweep. */
    static Optional<SweepRound> of(ExtensionContext context) {
        Optional<ChaosSweep> wanted = SweepRequest.find(context);
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        Sweeping sweeping = context.getStore(NAMESPACE).get(Sweeping.class, Sweeping.class);
        if (sweeping == null) {
            throw SweepRequest.anotherTest(context);
        }
        return Optional.of(
                new SweepRound(wanted.get(), sweeping, sweeping.current().orElseThrow()));
    }

    /** What a test is told that plans faults of its own. */
    public static ChaosException ownFaults(ExtensionContext context) {
        return SweepRequest.ownFaults(Tests.name(context));
    }

    /** What runs. */
    public Turn turn() {
        return turn;
    }

    /** Whether other messages of a protocol than rows are asked for. */
    public boolean wantsMessages() {
        return wanted.messages();
    }

    /** Whether it is the first round, in which those that know about sites must say so. */
    public boolean isFirst() {
        return turn instanceof Turn.Clean clean && !clean.again();
    }

    /** Adds what knows about sites; only in the first round. */
    public void consult(Catalogue catalogue) {
        sweeping.consult(catalogue);
    }

    /** Adds what judges this round, behind those that are there. */
    public void judgedBy(RoundOracle oracle) {
        oracles.add(oracle);
    }

    /** Adds what the test may end with under a fault. */
    public void accept(Predicate<Throwable> ending) {
        accepted.add(ending);
    }

    /** What replays this round: after the clean rounds, only its variant. */
    Optional<Token> token(Seed run, String test) {
        return turn.variant().map(variant -> Token.ofVariant(run, test, SweepRequest.FINGERPRINT, variant.id()));
    }

    List<Rule> rules() {
        return rules;
    }

    boolean isVerdict() {
        return turn instanceof Turn.End;
    }

    /** Says what came of the sweep. */
    void tell(ExtensionContext context) {
        if (!(turn instanceof Turn.End end)) {
            return;
        }
        Verdict verdict = end.verdict();
        String text = String.join("\n  ", verdict.lines());
        LOG.info("{}\n  {}", Tests.name(context), text);
        context.publishReportEntry("chaos.sweep", String.join("\n", verdict.lines()));
        verdict.whyVoid().ifPresent(why -> {
            throw new SweepRed(why + "\n  " + text);
        });
    }

    /** Before anything is armed. */
    void begins(ChaosScope scope) {
        if (turn instanceof Turn.Clean) {
            scope.round().whenHit(recorder);
        }
        oracles.forEach(oracle -> oracle.begins(turn));
    }

    /** Whether the test method may end with this. */
    boolean expects(Throwable thrown, ChaosScope scope) {
        if (turn instanceof Turn.Try && isFine(thrown, scope)) {
            expected = thrown;
            return true;
        }
        return false;
    }

    private boolean isFine(Throwable thrown, ChaosScope scope) {
        if (thrown instanceof WorkersError workers && workers.haveAllFailed()) {
            return Stream.concat(Stream.ofNullable(workers.getCause()), Stream.of(workers.getSuppressed()))
                    .allMatch(each -> isFine(each, scope));
        }
        if (thrown instanceof AssertionError || thrown instanceof TestAbortedException) {
            return false;
        }
        return accepted.stream().anyMatch(each -> each.test(thrown))
                || struck(scope).stream()
                        .anyMatch(fired -> Causes.anyOf(thrown, each -> isInjected(each, fired, scope)));
    }

    private boolean isInjected(Throwable thrown, LedgerEntry.Fired fired, ChaosScope scope) {
        Optional<String> answer = answers(scope, fired).stream().findFirst();
        return sweeping.catalogues().stream().anyMatch(each -> each.isInjected(thrown, fired, answer));
    }

    private static List<String> answers(ChaosScope scope, LedgerEntry.Fired fired) {
        return scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .filter(each -> each.fired() == fired.sequence())
                .map(LedgerEntry.Answered::answer)
                .toList();
    }

    private List<LedgerEntry.Fired> struck(ChaosScope scope) {
        return scope.fired().stream()
                .filter(fired -> rules.contains(fired.rule()))
                .toList();
    }

    /**
     * Asks the oracles, once the round is healed and the test method has ended as it may.
     *
     * @throws SweepRed if something is wrong
     */
    void judge(ChaosScope scope) {
        if (isWrong(scope, expected)) {
            throw new SweepRed(turn.variant().map(it -> it.name() + " broke it").orElse("something is wrong"));
        }
        if (turn instanceof Turn.Clean) {
            scope.verify();
        }
    }

    private boolean isWrong(ChaosScope scope, @Nullable Throwable thrown) {
        judged = true;
        Ended ended = new Ended(turn, thrown, thrown == expected, !struck(scope).isEmpty());
        boolean wrong = false;
        for (RoundOracle oracle : oracles) {
            Judgement judgement = oracle.judge(ended);
            lines.addAll(judgement.told());
            lines.addAll(judgement.wrong());
            counted.addAll(judgement.counted());
            wrong |= !judgement.wrong().isEmpty();
        }
        return wrong;
    }

    /** What the oracles had to say, for the report. */
    List<String> lines() {
        return lines;
    }

    /** Whatever failed in this round: what JUnit is to see of it. */
    Throwable told(Throwable thrown, ChaosScope scope, Function<Throwable, ChaosTestFailure> failure) {
        if (!judged) {
            askTheOraclesToo(scope, thrown);
        }
        boolean first = red == null;
        red = first ? firstLine(thrown) : red;
        if (turn instanceof Turn.Try tried) {
            if (tried.first().isEmpty()) {
                return new TestAbortedException(tried.of() + " was red and is run once more, see the next.");
            }
            if (first) {
                Outcome now = outcome(scope, Outcome.Result.RED, String.valueOf(red));
                lines.add(Repetition.line(tried.first().get(), now));
            }
        }
        return failure.apply(thrown);
    }

    private void askTheOraclesToo(ChaosScope scope, Throwable thrown) {
        try {
            isWrong(scope, thrown);
        } catch (RuntimeException | Error e) { // what is told already is what a person must see
            lines.add("not asked: " + e);
        }
    }

    private static String firstLine(Throwable thrown) {
        return String.valueOf(thrown).lines().findFirst().orElse("");
    }

    /** What a failure's message begins with, behind the test's name. */
    String title(Throwable thrown) {
        if (turn instanceof Turn.Clean clean) {
            return clean.again()
                    ? "a second round without faults must be green as the first was, but was red. Have the test depend on "
                            + "nothing that it changes itself. "
                    : "the test must pass without faults before a sweep injects any, but was red. Correct that first. ";
        }
        return thrown instanceof SweepRed || turn.variant().isEmpty()
                ? ""
                : turn.variant().get().name() + " broke it. ";
    }

    private Outcome outcome(ChaosScope scope, Outcome.Result result, String text) {
        List<String> answers = scope.ledger().entries(LedgerEntry.Answered.class).stream()
                .map(LedgerEntry.Answered::answer)
                .toList();
        Decisions decisions = scope.round().decisions();
        boolean recurs = turn.variant().filter(it -> it.recurs(decisions)).isPresent();
        return new Outcome(result, text, decisions.seen(), answers, recurs, counted);
    }

    /**
     * The round is over, whatever came of it.
     *
     * @param thrown what JUnit has seen of it
     * @param failure makes the failure of a test
     * @throws TestAbortedException if the fault did not strike, or could not
     * @throws ChaosTestFailure if the round was red the first time, and is not now
     */
    void ended(ChaosScope scope, Optional<Throwable> thrown, Function<Throwable, ChaosTestFailure> failure) {
        if (isVerdict()) {
            return;
        }
        if (turn instanceof Turn.Clean) {
            sweeping.recorded(recorder.recorded());
        }
        Outcome outcome = outcome(scope, thrown);
        sweeping.ended(outcome);
        if (thrown.isPresent()) {
            return;
        }
        if (turn instanceof Turn.Try tried && tried.first().isPresent()) {
            lines.add(Repetition.line(tried.first().get(), outcome));
            throw failure.apply(new SweepRed(tried.of().name() + " broke it once, but not when it was tried again"));
        }
        if (outcome.result() == Outcome.Result.NOT_REACHED) {
            throw new TestAbortedException(variant() + " was not reached again: " + outcome.text() + ".");
        }
        if (outcome.result() == Outcome.Result.IMPOSSIBLE) {
            throw new TestAbortedException(variant() + " is impossible here: " + outcome.text() + ".");
        }
    }

    private String variant() {
        return turn.variant().map(Variant::toString).orElse("");
    }

    private Outcome outcome(ChaosScope scope, Optional<Throwable> thrown) {
        if (red != null) {
            return outcome(scope, Outcome.Result.RED, red);
        }
        if (thrown.isPresent()) {
            boolean gaveUp = thrown.get() instanceof TestAbortedException;
            return outcome(
                    scope,
                    gaveUp ? Outcome.Result.IMPOSSIBLE : Outcome.Result.RED,
                    "the test said: " + firstLine(thrown.get()));
        }
        if (turn instanceof Turn.Try && struck(scope).isEmpty()) {
            return outcome(
                    scope, Outcome.Result.NOT_REACHED, "the test took another way than in the clean round");
        }
        List<String> mismatches = turn instanceof Turn.Try ? scope.round().mismatches() : List.of();
        return mismatches.isEmpty()
                ? outcome(scope, Outcome.Result.GREEN, "")
                : outcome(scope, Outcome.Result.IMPOSSIBLE, mismatches.get(0));
    }
}

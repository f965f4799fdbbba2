// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ChaosScope;
import dev.chaostest.explore.Catalogue;
import dev.chaostest.explore.Ended;
import dev.chaostest.explore.Outcome;
import dev.chaostest.explore.Recorded;
import dev.chaostest.explore.Recorder;
import dev.chaostest.explore.RoundOracle;
import dev.chaostest.explore.Turn;
import dev.chaostest.explore.Variant;
import dev.chaostest.junit5.ChaosSweep;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Decisions;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/** What one invocation of a {@link ChaosSweep} has to do with the sweep: what it is to meet, and what came of it. */
public final class SweepRound {

    private final SweepRun run;
    private final Turn turn;
    private final Recorder recorder;
    private final List<Rule> rules;
    private final Bench bench = new Bench();
    private final List<Predicate<Throwable>> accepted = new ArrayList<>();
    private Consumer<Recorded> recorded = round -> {};
    private @Nullable Throwable expected;
    private @Nullable String red;

    private SweepRound(SweepRun run, Turn turn) {
        this.run = run;
        this.turn = turn;
        this.recorder = new Recorder(run.sweeping().catalogues());
        this.rules = turn.variant().map(Variant::rule).stream().toList();
        for (Class<? extends Throwable> type : run.wanted().accepts()) {
            accepted.add(type::isInstance);
        }
    }

    /** That of this invocation; empty if it belongs to no sweep. */
    static Optional<SweepRound> of(ExtensionContext context) {
        if (SweepRequest.find(context).isEmpty()) {
            return Optional.empty();
        }
        SweepRun run = SweepRun.of(context).orElseThrow(() -> SweepRequest.anotherTest(context));
        return Optional.of(new SweepRound(run, run.sweeping().begin()));
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
        return run.wanted().messages();
    }

    /** Whether it is the first round, in which those that know about sites must say so. */
    public boolean isFirst() {
        return turn instanceof Turn.Clean clean && !clean.again();
    }

    /** Adds what knows about sites; only in the first round. */
    public void consult(Catalogue catalogue) {
        run.sweeping().consult(catalogue);
    }

    /** Adds what judges this round, behind those that are there. */
    public void judgedBy(RoundOracle oracle) {
        bench.add(oracle);
    }

    /** Has something closed when the test method is through, before the round is judged; the last first. */
    public void whenThrough(AutoCloseable lent) {
        bench.closeFirst(lent);
    }

    /** Has somebody told what arrived in the first round, once that is over. */
    public void whenRecorded(Consumer<Recorded> told) {
        this.recorded = told;
    }

    /** Whether it is the second round without faults, in which what may differ should. */
    public boolean isShifted() {
        return turn instanceof Turn.Clean clean && clean.again();
    }

    /** Adds what the test may end with under a fault. */
    public void accept(Predicate<Throwable> ending) {
        accepted.add(ending);
    }

    /** What replays this round: after the clean rounds, only its variant. */
    Optional<Token> token(Seed seed, String test) {
        return turn.variant().map(variant -> Token.ofVariant(seed, test, SweepRequest.FINGERPRINT, variant.id()));
    }

    List<Rule> rules() {
        return rules;
    }

    boolean isVerdict() {
        return turn instanceof Turn.End;
    }

    /** Says what came of the sweep. */
    void tell(ExtensionContext context) {
        if (turn instanceof Turn.End end) {
            SweepRun.tell(end.verdict(), context);
        }
    }

    /** Before anything is armed. */
    void begins(ChaosScope scope) {
        if (turn instanceof Turn.Clean) {
            scope.round().whenHit(recorder);
        }
        bench.begins(turn);
    }

    /** Whether the test method may end with this. */
    boolean expects(Throwable thrown, ChaosScope scope) {
        if (turn instanceof Turn.Try
                && struck(scope).explains(thrown, each -> accepted.stream().anyMatch(it -> it.test(each)))) {
            expected = thrown;
            return true;
        }
        return false;
    }

    private Struck struck(ChaosScope scope) {
        return new Struck(scope, rules, run.sweeping().catalogues());
    }

    /**
     * Asks the oracles, once the round is healed and the test method has ended as it may.
     *
     * @throws SweepRed if something is wrong
     */
    void judge(ChaosScope scope) {
        boolean found = turn instanceof Turn.Try && !scope.round().findings().isEmpty();
        if (bench.isWrong(ended(scope, expected)) || found) {
            throw new SweepRed(
                    turn.variant().isEmpty()
                            ? "something is wrong"
                            : missed(scope).orElse(turn.variant().get().name() + " broke it"));
        }
        if (turn instanceof Turn.Clean) {
            scope.verify();
        }
    }

    private Ended ended(ChaosScope scope, @Nullable Throwable thrown) {
        return new Ended(turn, thrown, thrown == expected, struck(scope).isAny());
    }

    /** What the oracles had to say, for the report. */
    List<String> lines() {
        return bench.lines();
    }

    /** Whatever failed in this round: what JUnit is to see of it. */
    Throwable told(Throwable thrown, ChaosScope scope, Function<Throwable, ChaosTestFailure> failure) {
        bench.hear(ended(scope, thrown));
        boolean first = red == null;
        red = first ? firstLine(thrown) + bench.firstWrong() : red;
        if (turn instanceof Turn.Try tried) {
            if (tried.first().isEmpty()) {
                String how = missed(scope).isEmpty() ? "" : " though its fault did not strike,";
                return new TestAbortedException(tried.of() + " was red" + how + " and is run once more, see the next.");
            }
            if (first) {
                Outcome now = outcome(scope, Outcome.Result.RED, String.valueOf(red));
                bench.tell(Repetition.line(tried.first().get(), now));
            }
        }
        return failure.apply(thrown);
    }

    private static String firstLine(Throwable thrown) {
        String text = thrown instanceof SweepRed ? thrown.getMessage() : thrown.toString();
        return String.valueOf(text).lines().findFirst().orElse("");
    }

    /** Whatever is wrong where nothing was injected does not come from the fault: what is to be said in its place. */
    private Optional<String> missed(ChaosScope scope) {
        return struck(scope).isAny()
                ? Optional.empty()
                : turn.variant()
                        .map(it -> "the test must be green where nothing is injected, but was red though " + it.name()
                                + " did not strike. Have the test do the same in each round");
    }

    /** What a failure's message begins with, behind the test's name. */
    String title(Throwable thrown, ChaosScope scope) {
        if (turn instanceof Turn.Clean clean) {
            return clean.again()
                    ? "a second round without faults must be green as the first was, but was red. Have the test depend"
                            + " on nothing that it changes itself. "
                    : "the test must pass without faults before a sweep injects any, but was red. Correct that first. ";
        }
        return thrown instanceof SweepRed || turn.variant().isEmpty()
                ? ""
                : missed(scope).orElse(turn.variant().get().name() + " broke it") + ". ";
    }

    private Outcome outcome(ChaosScope scope, Outcome.Result result, String text) {
        Decisions decisions = scope.round().decisions();
        boolean recurs = turn.variant().filter(it -> it.recurs(decisions)).isPresent();
        return new Outcome(result, text, points(decisions), struck(scope).answers(), recurs, bench.counted());
    }

    /** Without what drivers and pools do by themselves: HikariCP looks whether a connection lives when it has rested. */
    private Map<Site, Long> points(Decisions decisions) {
        return decisions.seen().entrySet().stream()
                .filter(each -> run.sweeping().isPoint(each.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
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
            run.kept().ifPresent(KeptVariants::ended);
            return;
        }
        if (turn instanceof Turn.Clean) {
            Recorded arrived = recorder.recorded();
            run.sweeping().recorded(arrived);
            if (isFirst()) {
                recorded.accept(arrived);
            }
        }
        if (turn instanceof Turn.Try) {
            bench.limits().forEach(run.sweeping()::remark);
        }
        Outcome outcome = outcome(scope, thrown);
        run.ended(turn, outcome);
        if (thrown.isPresent()) {
            return;
        }
        if (turn instanceof Turn.Try tried && tried.first().isPresent()) {
            bench.tell(Repetition.line(tried.first().get(), outcome));
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
        if (turn instanceof Turn.Try && !struck(scope).isAny()) {
            return outcome(scope, Outcome.Result.NOT_REACHED, "the test took another way than in the clean round");
        }
        List<String> mismatches = turn instanceof Turn.Try ? scope.round().mismatches() : List.of();
        return mismatches.isEmpty()
                ? outcome(scope, Outcome.Result.GREEN, "")
                : outcome(scope, Outcome.Result.IMPOSSIBLE, mismatches.get(0));
    }
}

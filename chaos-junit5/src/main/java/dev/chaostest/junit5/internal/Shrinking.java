// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.explore.shrink.Change;
import dev.chaostest.explore.shrink.Effort;
import dev.chaostest.explore.shrink.Shrinker;
import dev.chaostest.explore.shrink.Shrunk;
import dev.chaostest.ledger.Token;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.FiredDecision;
import dev.chaostest.plan.Script;
import dev.chaostest.time.TimeSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** The search for the few guilty faults of one red round. */
final class Shrinking {

    /** The boldest first: by a factor of 256, of 8, of 2. */
    private static final List<Integer> HALVINGS = List.of(8, 3, 1);

    private final ChaosTestFailure failure;
    private final FailureKind kind;
    private final Token unshrunk;
    private final Shrinker<FiredAt> shrinker;
    /** How often the length of each can be halved. */
    private final Map<FiredAt, Integer> halvable = new HashMap<>();

    /**
     * @param failure what the round was red with
     * @param kind a try is red that is so in this way
     * @param unshrunk the round's token, with all decisions
     * @param fired those decisions, in order
     */
    Shrinking(ChaosTestFailure failure, FailureKind kind, Token unshrunk, List<FiredDecision> fired, Effort effort) {
        this.failure = failure;
        this.kind = kind;
        this.unshrunk = unshrunk;
        fired.forEach(each -> halvable.put(each.at(), halvings(each)));
        List<Change<FiredAt>> changes = List.of(this::shorter, Shrinking::earlier);
        this.shrinker = new Shrinker<>(
                fired.stream().map(FiredDecision::at).distinct().toList(),
                new MovedUp(fired),
                changes,
                effort,
                TimeSource.system()::nanos);
    }

    /** What the round was red with. */
    ChaosTestFailure failure() {
        return failure;
    }

    Token unshrunk() {
        return unshrunk;
    }

    Shrunk<FiredAt> result() {
        return shrinker.result();
    }

    /** Whether a failure is of the kind that is searched for. */
    boolean isAlike(Throwable thrown, TestRound run) {
        return FailureKind.of(thrown, run.type()).equals(kind);
    }

    /** The next try; empty at the end. */
    Optional<ShrunkRound> next() {
        return shrinker.next().map(faults -> {
            String name =
                    "shrinking: " + faults.size() + " of " + shrinker.result().before() + " faults";
            return new ShrunkRound(name, token(Script.partly(faults)));
        });
    }

    void ran(ShrunkRound tried) {
        shrinker.ran(tried.isRed(kind));
    }

    /** The token of what it has come to. */
    Token shrunk() {
        List<FiredAt> best = result().faults();
        Script part = Script.partly(best);
        boolean isAll = unshrunk.script()
                .filter(all -> all.decisions().equals(part.decisions()))
                .isPresent();
        return isAll ? unshrunk : token(part);
    }

    private Token token(Script script) {
        return new Token(
                unshrunk.seed(),
                unshrunk.test(),
                unshrunk.plan(),
                unshrunk.round(),
                OptionalInt.empty(),
                Optional.of(script));
    }

    private List<FiredAt> shorter(FiredAt fault) {
        int left = halvable.getOrDefault(unchanged(fault), 0) - fault.halvings();
        return HALVINGS.stream()
                .filter(times -> times <= left)
                .map(times -> Stream.iterate(fault, FiredAt::halved)
                        .skip(times)
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private static FiredAt unchanged(FiredAt fault) {
        return new FiredAt(fault.rule(), fault.site(), fault.lane(), fault.nth(), 0);
    }

    private static List<FiredAt> earlier(FiredAt fault) {
        return Stream.of(1L, fault.nth() / 2, fault.nth() - 1)
                .filter(nth -> nth >= 1 && nth < fault.nth())
                .distinct()
                .map(fault::movedTo)
                .toList();
    }

    private static int halvings(FiredDecision decision) {
        return decision.faults().stream().mapToInt(Shrinking::halvings).max().orElse(0);
    }

    private static int halvings(Fault fault) {
        return fault.halved().map(half -> 1 + halvings(half)).orElse(0);
    }
}

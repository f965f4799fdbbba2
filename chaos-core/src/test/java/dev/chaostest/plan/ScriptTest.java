// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Decisions of one run are made again in another, whatever order its threads come in. */
class ScriptTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Site UPDATE = new Site("sql", "UPDATE t");
    private static final Lane A = new Lane("a");
    private static final Lane B = new Lane("b");
    private static final Fault CUT = new Cut(When.BEFORE);
    private static final Fault SLOW = Delay.of(Duration.ofMillis(40));
    private static final Rule TWICE = Rule.of(Target.of(COMMIT), Trigger.first(2), CUT);

    private final AtomicLong clock = new AtomicLong(1_000);

    private Decisions decisions(Plan plan) {
        return new Decisions(plan, clock::get);
    }

    private static Plan plan(Rule... rules) {
        return Plan.of(new Seed(77), rules);
    }

    /** What struck at the next hits of these lanes, in this order. */
    private static List<String> struck(Decisions decisions, Lane... lanes) {
        List<String> struck = new ArrayList<>();
        for (Lane lane : lanes) {
            Decision decision = decisions.at(COMMIT, lane);
            if (decision != null) {
                struck.add(decision.hit().nth() + " on " + decision.hit().lane());
            }
        }
        return struck;
    }

    private static List<Fault> faults(@Nullable Decision decision) {
        return decision == null
                ? List.of()
                : decision.due().stream().map(Decision.Due::fault).toList();
    }

    private static FiredAt at(Site site, Lane lane, long nth) {
        return FiredAt.of(0, new Hit(site, lane, nth));
    }

    @Test
    void aCountOverTheWholeScopeMeetsTheSameLanesAgain() {
        Decisions first = decisions(plan(TWICE));
        assertThat(struck(first, A, B, B, A)).containsExactly("1 on a", "1 on b");

        Plan again = plan(TWICE).following(first.script());
        assertThat(struck(decisions(plan(TWICE)), B, B, A, A))
                .as("without the script, the scheduler decides")
                .containsExactly("1 on b", "2 on b");
        assertThat(struck(decisions(again), B, B, A, A)).containsExactly("1 on b", "1 on a");
    }

    @Test
    void aChanceIsNotDrawnAgain() {
        Rule sometimes = Rule.of(Target.of(COMMIT), Trigger.probability(0.5), CUT);
        Decisions first = decisions(plan(sometimes));
        List<String> struck = struck(first, A, A, A, A, B, B, B, B);
        assertThat(struck).isNotEmpty().hasSizeLessThan(8);

        Plan otherSeed = Plan.of(new Seed(1), sometimes);
        assertThat(struck(decisions(otherSeed), A, A, A, A, B, B, B, B)).isNotEqualTo(struck);
        assertThat(struck(decisions(otherSeed.following(first.script())), A, A, A, A, B, B, B, B))
                .isEqualTo(struck);
    }

    @Test
    void whatFellIntoASpanOfTimeStrikesAgainAtAnyTime() {
        Rule early = Rule.of(Target.of(COMMIT), Trigger.during(Duration.ofSeconds(1)), CUT);
        Decisions first = decisions(plan(early));
        assertThat(struck(first, A)).hasSize(1);
        clock.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(struck(first, A)).isEmpty();

        Decisions again = decisions(plan(early).following(first.script()));
        clock.addAndGet(Duration.ofSeconds(2).toNanos());

        assertThat(struck(again, A)).hasSize(1);
        assertThat(struck(again, A)).isEmpty();
        assertThat(again.tallies().get(0).isMissed()).isFalse();
    }

    @Test
    void aPartStrikesNowhereElseAndHoldsNoRuleToItsWord() {
        Decisions part = decisions(plan(TWICE).following(Script.partly(List.of(at(COMMIT, A, 2)))));

        assertThat(struck(part, A, A, A, B)).containsExactly("2 on a");
        assertThat(part.unreached()).isEmpty();
        assertThat(part.isFollowingPart()).isTrue();
        assertThat(decisions(plan(TWICE)).isFollowingPart()).isFalse();
        assertThat(decisions(plan(TWICE).following(Script.of(List.of()))).isFollowingPart())
                .isFalse();
    }

    @Test
    void aFaultThatIsMovedStrikesWhereItsRuleWouldNot() {
        Rule third = Rule.of(Target.of(COMMIT), Trigger.nth(3), CUT);
        Script moved = Script.partly(List.of(at(COMMIT, A, 3).movedTo(1)));

        assertThat(struck(decisions(plan(third).following(moved)), A, A, A)).containsExactly("1 on a");
    }

    @Test
    void aDelayIsShorterByItsHalvings() {
        Rule slow = Rule.of(Target.of(COMMIT), Trigger.always(), SLOW);
        FiredAt halved = at(COMMIT, A, 1).halved().halved();

        assertThat(faults(decisions(plan(slow).following(Script.partly(List.of(halved))))
                        .at(COMMIT, A)))
                .containsExactly(Delay.of(Duration.ofMillis(10)));
    }

    @Test
    void whatHasNoLengthStaysAsItIs() {
        FiredAt halved = at(COMMIT, A, 1).halved();

        assertThat(faults(decisions(plan(TWICE).following(Script.partly(List.of(halved))))
                        .at(COMMIT, A)))
                .containsExactly(CUT);
    }

    /** Another at each hit, so the hits in between count also where they are left out. */
    private record Counting() implements Fault {
        @Override
        public When strikes() {
            return When.BEFORE;
        }

        @Override
        public boolean endsTheCall() {
            return false;
        }

        @Override
        public Course course() {
            AtomicLong hits = new AtomicLong();
            return occasion -> List.of(Delay.of(Duration.ofMillis(hits.incrementAndGet())));
        }
    }

    @Test
    void aFaultThatChangesFromHitToHitIsAsFarAsInTheFirstRun() {
        Rule counting = Rule.of(Target.of(COMMIT), Trigger.always(), new Counting());
        Decisions part = decisions(plan(counting).following(Script.partly(List.of(at(COMMIT, A, 3)))));

        assertThat(struck(part, A, A)).isEmpty();
        assertThat(faults(part.at(COMMIT, A))).containsExactly(Delay.of(Duration.ofMillis(3)));
    }

    @Test
    void aTriggerThatCountsItsStrikesGoesOnAsInTheFirstRun() {
        Rule onwards = Rule.of(Target.of(COMMIT), Trigger.nth(2).onwards(), CUT);
        Decisions first = decisions(plan(onwards));
        assertThat(struck(first, A, A, A)).containsExactly("2 on a", "3 on a");

        Decisions again = decisions(plan(onwards).following(first.script()));

        assertThat(struck(again, A, A, A)).containsExactly("2 on a", "3 on a");
    }

    @Test
    void aRuleThatIsAddedWhileItRunsFollowsTheScriptToo() {
        Decisions first = decisions(plan());
        first.add(Rule.of(Target.of(COMMIT), Trigger.nth(1), CUT));
        assertThat(struck(first, A, B)).containsExactly("1 on a");

        Decisions again = decisions(plan().following(first.script()));
        again.add(Rule.of(Target.of(COMMIT), Trigger.nth(1), CUT));

        assertThat(struck(again, B, A)).containsExactly("1 on a");
    }

    @Test
    void somethingThatLastsIsStruckAgain() {
        Decisions first = decisions(plan(TWICE));
        assertThat(first.ask(first.lasting(List.of(COMMIT), A), () -> null)).hasSize(1);
        assertThat(first.ask(first.lasting(List.of(COMMIT), B), () -> null)).hasSize(1);
        assertThat(first.ask(first.lasting(List.of(COMMIT), B), () -> null)).isEmpty();

        Decisions again = decisions(plan(TWICE).following(first.script()));
        assertThat(again.ask(again.lasting(List.of(COMMIT), B), () -> null)).hasSize(1);
        assertThat(again.ask(again.lasting(List.of(COMMIT), B), () -> null)).isEmpty();
        assertThat(again.ask(again.lasting(List.of(COMMIT), A), () -> null)).hasSize(1);
        assertThat(again.unreached()).isEmpty();
    }

    @Test
    void whatStruckIsKeptInOrderWithWhatItDid() {
        Decisions first = decisions(plan(Rule.of(Target.of(COMMIT), Trigger.always(), SLOW), TWICE));
        struck(first, B, A);

        assertThat(first.fired())
                .containsExactly(
                        new FiredDecision(0, new Hit(COMMIT, B, 1), List.of(SLOW)),
                        new FiredDecision(1, new Hit(COMMIT, B, 1), List.of(CUT)),
                        new FiredDecision(0, new Hit(COMMIT, A, 1), List.of(SLOW)),
                        new FiredDecision(1, new Hit(COMMIT, A, 1), List.of(CUT)));
        assertThat(first.fired()).extracting(FiredDecision::canBeShorter).containsExactly(true, false, true, false);
        assertThat(first.script().complete()).isTrue();
    }

    @Test
    void saysWhereItDidNotCome() {
        Rule other = Rule.of(Target.of(UPDATE), Trigger.nth(1), CUT);
        Script script = Script.of(List.of(
                at(COMMIT, A, 1),
                at(COMMIT, A, 2),
                at(COMMIT, new Lane("gone"), 1),
                at(new Site("sql", "gone"), A, 4),
                FiredAt.of(1, new Hit(UPDATE, A, 1)),
                FiredAt.of(6, new Hit(UPDATE, A, 1))));
        Decisions again = decisions(plan(TWICE, other).following(script));
        struck(again, A);
        again.at(UPDATE, B);

        String twice = "recorded was " + TWICE + ", at ";
        assertThat(again.unreached())
                .containsExactlyInAnyOrder(
                        twice + "sql:COMMIT, 2nd on lane a, but it did not strike there",
                        twice + "hit 1 of sql:COMMIT on a lane, but nothing arrived there",
                        twice + "hit 4 of a site, but nothing arrived there",
                        "recorded was " + other + ", at sql:UPDATE t, 1st on lane a, but it did not strike there",
                        "recorded was rule 7 (which was not added), at sql:UPDATE t, 1st on lane a, but it did not strike there");
        assertThat(decisions(plan(TWICE)).unreached()).isEmpty();
    }

    @Test
    void changesNoFingerprint() {
        assertThat(plan(TWICE).following(Script.of(List.of())).fingerprint())
                .isEqualTo(plan(TWICE).fingerprint());
    }

    @Test
    void leavesOpenOnlyWhoDoesTheWork() {
        assertThat(plan(TWICE).unfixedByDecisions(2))
                .containsExactly("which work runs on which lane, when several lanes run");
        assertThat(plan(TWICE).unfixedByDecisions(1)).isEmpty();
        assertThat(plan(TWICE.perLane()).unfixedByDecisions(2)).isEmpty();
    }

    @Test
    void aDecisionThatNoRunMakesIsRefused() {
        assertThatThrownBy(() -> new FiredAt(0, 1, 2, 0, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "a decision must name a rule from 0, a hit from 1 and 0 to 30 halvings, but named 0, 0 and 0. "
                                + "Take what a run has fired.");
        assertThatThrownBy(() -> new FiredAt(-1, 1, 2, 1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new FiredAt(0, 1, 2, 1, 31)).isInstanceOf(IllegalArgumentException.class);
    }
}

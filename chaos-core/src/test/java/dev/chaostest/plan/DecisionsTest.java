// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class DecisionsTest {

    private static final Seed SEED = new Seed(77);
    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Site UPDATE = new Site("sql", "UPDATE t");
    private static final Lane A = new Lane("a");
    private static final Lane B = new Lane("b");
    private static final Fault CUT = new Cut(When.BEFORE);
    private static final Fault SLOW = Delay.of(Duration.ofMillis(1));

    private final AtomicLong clock = new AtomicLong(1_000);

    private Decisions decisions(Rule... rules) {
        return new Decisions(Plan.of(SEED, rules), clock::get);
    }

    private static Rule rule(Trigger trigger, Fault fault) {
        return Rule.of(Target.of(COMMIT), trigger, fault);
    }

    private static Rule rule(Trigger trigger) {
        return rule(trigger, CUT);
    }

    /** Which of the hits were struck, by number. */
    private static List<Integer> struck(Decisions decisions, Lane lane, int hits) {
        return IntStream.rangeClosed(1, hits)
                .filter(n -> decisions.at(COMMIT, lane) != null)
                .boxed()
                .toList();
    }

    private static Tally only(Decisions decisions) {
        assertThat(decisions.tallies()).hasSize(1);
        return decisions.tallies().get(0);
    }

    @Nested
    class WhenNumberingHits {

        @Test
        void nothingStrikesWithoutRules() {
            Decisions none = decisions();

            assertThat(none.at(COMMIT, A)).isNull();
            assertThat(none.seen()).containsEntry(COMMIT, 1L);
        }

        @Test
        void eachLaneIsNumberedByItselfAtEachSite() {
            Decisions all = decisions(Rule.of(Target.seam("sql"), Trigger.always(), CUT));

            assertThat(requireNonNull(all.at(COMMIT, A)).hit()).isEqualTo(new Hit(COMMIT, A, 1));
            assertThat(requireNonNull(all.at(COMMIT, B)).hit()).isEqualTo(new Hit(COMMIT, B, 1));
            assertThat(requireNonNull(all.at(UPDATE, A)).hit()).isEqualTo(new Hit(UPDATE, A, 1));
            assertThat(requireNonNull(all.at(COMMIT, A)).hit()).isEqualTo(new Hit(COMMIT, A, 2));
        }

        @Test
        void sitesAreSeenInOrderWithTheirHitsOverAllLanes() {
            Decisions none = decisions();
            none.at(UPDATE, A);
            none.at(COMMIT, A);
            none.at(COMMIT, B);

            assertThat(none.seen().keySet()).containsExactly(COMMIT, UPDATE);
            assertThat(none.seen()).containsEntry(COMMIT, 2L).containsEntry(UPDATE, 1L);
            assertThat(none.lanes()).isEqualTo(2);
        }

        @Test
        void arrivalsHaveALimitThatSaysWhatToDo() {
            Decisions none = decisions();
            LongStream.rangeClosed(1, 100_000).forEach(n -> none.at(new Site("sql", "SELECT " + n), A));

            assertThat(none.at(new Site("sql", "SELECT 1"), A)).isNull();
            assertThatThrownBy(() -> none.at(COMMIT, A))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage(
                            "a scope must see at most 100000 pairs of site and lane, but sql:COMMIT on lane a is one "
                                    + "more. Close connections, or end the scope earlier.");
        }
    }

    @Nested
    class WhenCounting {

        @Test
        void scopeCountsAllLanesTogether() {
            Decisions second = decisions(rule(Trigger.nth(2)));

            assertThat(second.at(COMMIT, A)).isNull();
            assertThat(second.at(COMMIT, B)).isNotNull();
            assertThat(second.at(COMMIT, A)).isNull();
        }

        @Test
        void laneCountsByItself() {
            Decisions second = decisions(rule(Trigger.nth(2)).perLane());

            assertThat(second.at(COMMIT, A)).isNull();
            assertThat(second.at(COMMIT, B)).isNull();
            assertThat(second.at(COMMIT, A)).isNotNull();
            assertThat(second.at(COMMIT, B)).isNotNull();
        }

        @Test
        void otherSitesAreNotCounted() {
            Decisions second = decisions(rule(Trigger.nth(2)));
            second.at(COMMIT, A);

            assertThat(second.at(UPDATE, A)).isNull();
            assertThat(second.at(COMMIT, A)).isNotNull();
        }

        @Test
        void limitOnEachLaneIsTheLanes() {
            Decisions once = decisions(rule(Trigger.always().times(1)).perLane());

            assertThat(struck(once, A, 3)).containsExactly(1);
            assertThat(struck(once, B, 3)).containsExactly(1);
        }

        @Test
        void addedRuleCountsFromNowOn() {
            Decisions later = decisions();
            later.at(COMMIT, A);
            later.add(rule(Trigger.nth(1)));

            assertThat(requireNonNull(later.at(COMMIT, A)).hit().nth()).isEqualTo(2);
        }

        @Test
        void removedRuleStrikesNoMoreAndKeepsItsTally() {
            Decisions all = decisions();
            Runnable remove = all.add(rule(Trigger.always()));
            all.at(COMMIT, A);
            remove.run();
            remove.run();

            assertThat(all.at(COMMIT, A)).isNull();
            assertThat(only(all).struck()).isEqualTo(1);
            assertThat(only(all).reached()).isEqualTo(1);
        }

        @Test
        void spanBeginsWhenTheRuleDoes() {
            Decisions timed = decisions();
            clock.addAndGet(Duration.ofSeconds(10).toNanos());
            timed.add(rule(Trigger.during(Duration.ofSeconds(2))));

            assertThat(timed.at(COMMIT, A)).isNotNull();
            clock.addAndGet(Duration.ofSeconds(2).toNanos() - 1);
            assertThat(timed.at(COMMIT, A)).isNotNull();
            clock.addAndGet(1);
            assertThat(timed.at(COMMIT, A)).isNull();
        }
    }

    @Nested
    class WhenDrawing {

        private final Rule oneInFour = rule(Trigger.probability(0.25));

        @Test
        void sameSeedGivesTheSameDecisions() {
            assertThat(struck(decisions(oneInFour), A, 1_000)).isEqualTo(struck(decisions(oneInFour), A, 1_000));
        }

        @Test
        void otherSeedsAndLanesGiveOthers() {
            List<Integer> base = struck(decisions(oneInFour), A, 1_000);
            Decisions otherSeed = new Decisions(Plan.of(new Seed(78), oneInFour), clock::get);

            assertThat(struck(otherSeed, A, 1_000)).isNotEqualTo(base);
            assertThat(struck(decisions(oneInFour), B, 1_000)).isNotEqualTo(base);
        }

        @Test
        void probabilityIsMetRoughly() {
            // 2500 expected, a standard deviation of 43.
            assertThat(struck(decisions(oneInFour), A, 10_000)).hasSizeBetween(2_284, 2_716);
        }

        @Test
        void otherLanesDoNotMoveTheDrawsOfOne() {
            List<Integer> alone = struck(decisions(oneInFour), A, 200);
            Decisions mixed = decisions(oneInFour);
            List<Integer> among = new ArrayList<>();
            for (int n = 1; n <= 200; n++) {
                mixed.at(COMMIT, B);
                if (mixed.at(COMMIT, A) != null) {
                    among.add(n);
                }
                mixed.at(COMMIT, B);
            }

            assertThat(among).isEqualTo(alone);
        }

        @Test
        void ruleThatIsAddedDoesNotMoveTheDrawsOfOthers() {
            Rule other = rule(Trigger.probability(0.5), SLOW);
            List<Integer> alone = struck(decisions(oneInFour), A, 200);
            Decisions both = decisions(other, oneInFour);
            List<Integer> among = IntStream.rangeClosed(1, 200)
                    .filter(n -> {
                        Decision decision = both.at(COMMIT, A);
                        return decision != null
                                && decision.due().stream()
                                        .anyMatch(due -> due.rule().equals(oneInFour));
                    })
                    .boxed()
                    .toList();

            assertThat(among).isEqualTo(alone);
        }

        @Test
        void equalRulesDrawEachForItself() {
            Decisions twice = decisions(rule(Trigger.probability(0.5), SLOW), rule(Trigger.probability(0.5), SLOW));
            struck(twice, A, 10);

            assertThat(twice.tallies().get(0).draws())
                    .hasSize(10)
                    .isNotEqualTo(twice.tallies().get(1).draws());
        }

        @Test
        void drawForWhatTheFaultLeavesOpenIsFixedTooAndIndependent() {
            Decision first =
                    requireNonNull(decisions(rule(Trigger.probability(1))).at(COMMIT, A));
            Decisions again = decisions(rule(Trigger.probability(1)));
            Decision second = requireNonNull(again.at(COMMIT, A));

            assertThat(second.due().get(0).draw()).isEqualTo(first.due().get(0).draw());
            assertThat(only(again).draws()).doesNotContain(first.due().get(0).draw());
        }

        @Test
        void tallyShowsTheFirstTenDraws() {
            Decisions many = decisions(oneInFour);
            struck(many, A, 50);

            assertThat(only(many).draws()).hasSize(10).allMatch(draw -> draw >= 0 && draw < 1);
        }
    }

    @Nested
    class WhenSeveralRulesAreDue {

        private final Rule cut = rule(Trigger.always());
        private final Rule slow = rule(Trigger.always(), SLOW);
        private final Rule cutAfter = rule(Trigger.nth(1), new Cut(When.AFTER));

        @Test
        void theyStrikeInTheOrderOfThePlan() {
            Decision decision = requireNonNull(decisions(slow, cut).at(COMMIT, A));

            assertThat(decision.due()).extracting(Decision.Due::rule).containsExactly(slow, cut);
            assertThat(decision.overshadowed()).isEmpty();
        }

        @Test
        void theFirstThatEndsTheCallOvershadowsTheOthers() {
            Decisions three = decisions(cut, slow, cutAfter);
            Decision decision = requireNonNull(three.at(COMMIT, A));

            assertThat(decision.due()).extracting(Decision.Due::rule).containsExactly(cut, slow);
            assertThat(decision.overshadowed()).containsExactly(cutAfter);
        }

        @Test
        void theOvershadowedOneHasCountedItsHitAndIsMissed() {
            Decisions two = decisions(cut, cutAfter);
            two.at(COMMIT, A);
            two.at(COMMIT, A);
            Tally tally = two.tallies().get(1);

            assertThat(tally.reached()).isEqualTo(2);
            assertThat(tally.struck()).isZero();
            assertThat(tally.overshadowed()).isEqualTo(1);
            assertThat(tally.isMissed()).isTrue();
        }

        @Test
        void aLimitIsNotUsedUpInTheShadow() {
            Rule once = rule(Trigger.always().times(1), new Cut(When.AFTER));
            Decisions two = decisions(rule(Trigger.nth(1)), once);
            two.at(COMMIT, A);

            assertThat(requireNonNull(two.at(COMMIT, A)).due())
                    .extracting(Decision.Due::rule)
                    .containsExactly(once);
        }
    }

    @Nested
    class WhenTallied {

        private boolean missed(Rule rule, Lane... hits) {
            Decisions asked = decisions(rule);
            for (Lane lane : hits) {
                asked.at(COMMIT, lane);
            }
            return only(asked).isMissed();
        }

        @Test
        void ruleThatNothingReachedIsMissed() {
            assertThat(missed(rule(Trigger.always()))).isTrue();
            assertThat(missed(rule(Trigger.probability(0.1)))).isTrue();
            assertThat(missed(rule(Trigger.nth(1)).perLane())).isTrue();
        }

        @Test
        void ruleMustStrikeAsOftenAsItSays() {
            assertThat(missed(rule(Trigger.first(2)), A)).isTrue();
            assertThat(missed(rule(Trigger.first(2)), A, B)).isFalse();
            assertThat(missed(rule(Trigger.nth(2)), A)).isTrue();
            assertThat(missed(rule(Trigger.from(3)), A, A)).isTrue();
            assertThat(missed(rule(Trigger.from(3)), A, A, A)).isFalse();
        }

        @Test
        void limitOfTimesNeedNotBeReached() {
            assertThat(missed(rule(Trigger.always().times(5)), A)).isFalse();
        }

        @Test
        void ruleOnEachLaneMustStrikeOnEachLaneThatArrived() {
            Rule firstTwo = rule(Trigger.first(2)).perLane();

            assertThat(missed(firstTwo, A, A)).isFalse();
            assertThat(missed(firstTwo, A, A, B, B)).isFalse();
            assertThat(missed(firstTwo, A, A, A, B)).isTrue();
            assertThat(missed(rule(Trigger.from(2)).perLane(), A, A, A, B)).isTrue();
        }

        @Test
        void tallyNamesTheLanesThatLackStrikes() {
            Decisions asked = decisions(rule(Trigger.first(2)).perLane());
            List.of(B, A, new Lane("c"), A).forEach(lane -> asked.at(COMMIT, lane));

            assertThat(only(asked).lacking()).containsExactly(B, new Lane("c"));
        }

        @Test
        void probabilityMustBeReachedOnly() {
            assertThat(missed(rule(Trigger.probability(1e-12)), A)).isFalse();
            assertThat(missed(rule(Trigger.probability(1e-12).times(2)), A)).isFalse();
            assertThat(missed(rule(Trigger.probability(1e-12)).perLane(), A)).isFalse();
        }

        @Test
        void ruleThatMayMissOrCanNotStrikeIsNeverMissed() {
            assertThat(missed(rule(Trigger.nth(1)).mayMiss())).isFalse();
            assertThat(missed(rule(Trigger.probability(0)))).isFalse();
            assertThat(missed(rule(Trigger.probability(0).times(1)))).isFalse();
        }
    }
}

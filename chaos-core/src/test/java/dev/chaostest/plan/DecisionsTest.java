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
        void aSeamNeedNotAskAboutWhatNoRuleIsAbout() {
            Decisions decisions = decisions();
            assertThat(decisions.isAbout("sql")).isFalse();
            assertThat(decisions.isAbout(COMMIT)).isFalse();

            Runnable retire = decisions.add(rule(Trigger.nth(9)));
            assertThat(decisions.isAbout("sql")).isTrue();
            assertThat(decisions.isAbout("wire")).isFalse();
            assertThat(decisions.isAbout(COMMIT)).isTrue();
            assertThat(decisions.isAbout(UPDATE)).isFalse();

            retire.run();
            assertThat(decisions.isAbout("sql")).isFalse();
            assertThat(decisions.isAbout(COMMIT)).isFalse();
        }

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
}

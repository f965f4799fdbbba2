// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CourseTest {

    private static final Site CHARGE = new Site("call", "Gateway.charge");
    private static final Lane LANE = new Lane("gateway-1");
    private static final Delay SLOW = Delay.of(Duration.ofMillis(5));
    private static final Cut CUT = new Cut(When.BEFORE);

    private final VirtualTime time = new VirtualTime();

    /** Slower first, then both, then well, then over again; where it stands is its own. */
    private record Wearing() implements Fault {
        @Override
        public When strikes() {
            return When.BEFORE;
        }

        @Override
        public boolean endsTheCall() {
            return true;
        }

        @Override
        public boolean isCounted() {
            return true;
        }

        @Override
        public boolean isCertain() {
            return false;
        }

        @Override
        public Course course() {
            List<List<Fault>> steps = new ArrayList<>(List.of(List.of(SLOW), List.of(SLOW, CUT), List.of()));
            return occasion -> {
                List<Fault> next = steps.remove(0);
                steps.add(next);
                return next;
            };
        }
    }

    private Decisions decisions(Rule... rules) {
        return new Decisions(Plan.of(new Seed(77), rules), time::nanos);
    }

    private static List<Fault> faults(@Nullable Decision decision) {
        return decision == null
                ? List.of()
                : decision.due().stream().map(Decision.Due::fault).toList();
    }

    @Test
    void aFaultMayDoAnotherThingAtEachHitOrNothing() {
        Decisions decisions = decisions(Rule.of(Target.of(CHARGE), Trigger.always(), new Wearing()));

        assertThat(faults(decisions.at(CHARGE, LANE))).containsExactly(SLOW);
        assertThat(faults(decisions.at(CHARGE, LANE))).containsExactly(SLOW, CUT);
        assertThat(decisions.at(CHARGE, LANE)).isNull();
        assertThat(faults(decisions.at(CHARGE, LANE))).containsExactly(SLOW);
        assertThat(decisions.tallies().get(0).reached()).isEqualTo(4);
        assertThat(decisions.tallies().get(0).struck()).isEqualTo(3);
    }

    @Test
    void eachKeyHasACourseOfItsOwn() {
        Decisions decisions = decisions(
                Rule.of(Target.of(CHARGE), Trigger.always(), new Wearing()).perKey());

        assertThat(faults(decisions.at(CHARGE, LANE, () -> "eu"))).containsExactly(SLOW);
        assertThat(faults(decisions.at(CHARGE, LANE, () -> "us"))).containsExactly(SLOW);
        assertThat(faults(decisions.at(CHARGE, LANE, () -> "eu"))).containsExactly(SLOW, CUT);
        assertThat(faults(decisions.at(CHARGE, LANE)))
                .as("the lane stands for a key")
                .containsExactly(SLOW);
    }

    @Test
    void aKeyDrawsAlikeWhicheverLaneItComesOn() {
        Rule half = Rule.of(Target.of(CHARGE), Trigger.probability(0.5), CUT).perKey();
        Decisions one = decisions(half);
        Decisions other = decisions(half);

        List<Boolean> first = new ArrayList<>();
        List<Boolean> second = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            first.add(one.at(CHARGE, LANE, () -> "eu") != null);
            second.add(other.at(CHARGE, new Lane("gateway-" + i), () -> "eu") != null);
        }
        assertThat(first).isEqualTo(second).contains(true, false);
    }

    @Test
    void whatAnEarlierFaultEndedIsOvershadowedAndTheRestStrikes() {
        Decisions decisions = decisions(
                Rule.of(Target.of(CHARGE), Trigger.always(), CUT),
                Rule.of(Target.of(CHARGE), Trigger.from(1), new Wearing()));

        decisions.at(CHARGE, LANE);
        Decision second = decisions.at(CHARGE, LANE);

        assertThat(faults(second)).containsExactly(CUT, SLOW);
        assertThat(second.overshadowed()).hasSize(1);
    }

    @Test
    void whatARuleIsNotAboutIsNotCounted() {
        Target europe = new Target() {
            @Override
            public String seam() {
                return "call";
            }

            @Override
            public boolean matches(Site site) {
                return true;
            }

            @Override
            public boolean covers(Detail detail) {
                return "eu".equals(detail.key());
            }
        };
        Decisions decisions = decisions(Rule.of(europe, Trigger.nth(2), CUT));

        assertThat(decisions.at(CHARGE, LANE, () -> "eu")).isNull();
        assertThat(decisions.at(CHARGE, LANE, () -> "us")).isNull();
        assertThat(faults(decisions.at(CHARGE, LANE, () -> "eu"))).containsExactly(CUT);
        assertThat(decisions.tallies().get(0).reached()).isEqualTo(2);
    }

    @Test
    void aRuleForEachKeyIsHeldToItsWordForEach() {
        Rule twice = Rule.of(Target.of(CHARGE), Trigger.first(2), CUT).perKey();
        Decisions decisions = decisions(twice);

        decisions.at(CHARGE, LANE, () -> "eu");
        decisions.at(CHARGE, LANE, () -> "eu");
        decisions.at(CHARGE, LANE, () -> "us");

        Tally tally = decisions.tallies().get(0);
        assertThat(tally.isMissed()).isTrue();
        assertThat(tally.lacking()).containsExactly(new Lane("us"));
        assertThat(twice.toString()).endsWith(", the first 2 hits for each key");
        assertThat(Plan.of(new Seed(1), twice).unfixed(2))
                .containsExactly("which lane meets a count for one key, when several lanes share it");
        assertThat(Plan.of(new Seed(1), twice).unfixed(1)).isEmpty();
    }

    @Test
    void aFaultThatIsNotCertainNeedOnlyBeReached() {
        Rule wearing = Rule.of(Target.of(CHARGE), Trigger.nth(1), new Wearing());

        assertThat(wearing.mustStrike()).isZero();
        assertThat(decisions(wearing).tallies().get(0).isMissed())
                .as("nothing arrived")
                .isTrue();
    }

    @Test
    void furtherDrawsAreIndependentAndFixed() {
        List<Double> drawn = new ArrayList<>();
        record Looking(List<Double> drawn) implements Fault {
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
                return occasion -> {
                    drawn.addAll(List.of(occasion.draw(), occasion.draw(0), occasion.draw(1), occasion.draw(2)));
                    return List.of();
                };
            }

            @Override
            public String toString() {
                return "looking";
            }
        }
        Rule rule = Rule.of(Target.of(CHARGE), Trigger.always(), new Looking(drawn));

        decisions(rule).at(CHARGE, LANE);
        decisions(rule).at(CHARGE, LANE);

        assertThat(drawn.subList(0, 4)).isEqualTo(drawn.subList(4, 8));
        assertThat(drawn.get(0)).isEqualTo(drawn.get(1));
        assertThat(drawn.subList(1, 4)).doesNotHaveDuplicates();
    }

    /** Strikes "eu" only, once; remembers what it was asked about. */
    private record Picky(List<String> asked) implements Fault {
        @Override
        public When strikes() {
            return When.BEFORE;
        }

        @Override
        public boolean endsTheCall() {
            return true;
        }

        @Override
        public long mustStrike(long due) {
            return Math.min(1, due);
        }

        @Override
        public Course course() {
            return new Course() {
                private boolean european;

                @Override
                public List<Fault> next(Trigger.Occasion occasion) {
                    asked.add(occasion.hit() + " about " + occasion.detail().key());
                    european |= "eu".equals(occasion.detail().key());
                    return european && occasion.nth() == 2 ? List.of(CUT) : List.of();
                }

                @Override
                public boolean canStrike() {
                    return european;
                }
            };
        }

        @Override
        public String toString() {
            return "picky";
        }
    }

    @Test
    void aCourseKnowsTheHitAsItArrivedAndWhatTheSeamKnows() {
        List<String> asked = new ArrayList<>();
        Decisions decisions = decisions(
                Rule.of(Target.of(CHARGE), Trigger.always(), new Picky(asked)).perKey());

        decisions.at(CHARGE, LANE, () -> "eu");
        decisions.at(CHARGE, LANE, () -> "us");

        assertThat(asked)
                .containsExactly(
                        "call:Gateway.charge, 1st on lane gateway-1 about eu",
                        "call:Gateway.charge, 2nd on lane gateway-1 about us");
    }

    @Test
    void aKeyForWhichNothingCouldStrikeIsNotHeldToTheWordOfTheRule() {
        Decisions decisions = decisions(Rule.of(Target.of(CHARGE), Trigger.first(2), new Picky(new ArrayList<>()))
                .perKey());

        decisions.at(CHARGE, LANE, () -> "us");
        decisions.at(CHARGE, LANE, () -> "eu");
        assertThat(decisions.tallies().get(0).lacking()).containsExactly(new Lane("eu"));

        decisions.at(CHARGE, LANE, () -> "eu");
        assertThat(decisions.tallies().get(0).isMissed())
                .as("once is enough of two")
                .isFalse();
    }
}

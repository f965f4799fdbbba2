// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final Seed SEED = new Seed(77);
    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Lane A = new Lane("a");
    private static final Lane B = new Lane("b");
    private static final Fault CUT = new Cut(When.BEFORE);

    private static Decisions decisions(Rule rule) {
        return new Decisions(Plan.of(SEED, rule), () -> 0);
    }

    private static Rule rule(Trigger trigger) {
        return Rule.of(Target.of(COMMIT), trigger, CUT);
    }

    private static Tally only(Decisions decisions) {
        assertThat(decisions.tallies()).hasSize(1);
        return decisions.tallies().get(0);
    }

    private static boolean missed(Rule rule, Lane... hits) {
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

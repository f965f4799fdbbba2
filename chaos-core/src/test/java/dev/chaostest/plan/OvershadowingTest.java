// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class OvershadowingTest {

    private static final Seed SEED = new Seed(77);
    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Lane A = new Lane("a");
    private static final Fault CUT = new Cut(When.BEFORE);
    private static final Fault SLOW = Delay.of(Duration.ofMillis(1));

    private static Decisions decisions(Rule... rules) {
        return new Decisions(Plan.of(SEED, rules), () -> 0);
    }

    private static Rule rule(Trigger trigger, Fault fault) {
        return Rule.of(Target.of(COMMIT), trigger, fault);
    }

    private static Rule rule(Trigger trigger) {
        return rule(trigger, CUT);
    }

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

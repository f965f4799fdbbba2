// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.FiredAt;
import dev.chaostest.plan.Hit;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Script;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayedScopeTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Lane A = new Lane("a");
    private static final Rule THREE = Rule.of(Target.of(COMMIT), Trigger.first(3), new Cut(When.BEFORE));

    private static ChaosScope following(Script script) {
        Plan plan = Plan.of(new Seed(77), THREE).following(script);
        return ChaosScope.open("payment", plan, new VirtualTime());
    }

    private static FiredAt at(long nth) {
        return FiredAt.of(0, new Hit(COMMIT, A, nth));
    }

    private static void commit(ChaosScope scope) {
        var strike = scope.round().at(COMMIT, A, () -> "COMMIT", Set.of());
        if (strike != null) {
            strike.blows().forEach(blow -> blow.answered(Cut.CAME_BACK));
        }
    }

    @Test
    void isFulfilledWhenAllStruckAgain() {
        try (ChaosScope scope = following(Script.of(List.of(at(1), at(2), at(3))))) {
            commit(scope);
            commit(scope);
            commit(scope);

            assertThat(scope.unreached()).isEmpty();
            assertThatCode(scope::verify).doesNotThrowAnyException();
        }
    }

    @Test
    void isNotReproducedWhenSomethingDidNotStrikeAgain() {
        try (ChaosScope scope = following(Script.of(List.of(at(1), at(2))))) {
            commit(scope);

            assertThat(scope.unreached()).hasSize(1);
            assertThat(scope.unfulfilled()).isEqualTo(scope.unreached());
            assertThatThrownBy(scope::verify)
                    .isInstanceOf(NotReproducedError.class)
                    .hasMessage(
                            "A replay must come to every fault that its token holds, but did not reproduce 1 of 2, and "
                                    + "was green. Go back to the code that printed the token; or, if the bug is mended, forget the token."
                                    + "\n  missed : recorded was connection lost before the effect (nothing was sent) at sql:COMMIT, "
                                    + "the first 3 hits, at sql:COMMIT, 2nd on lane a, but it did not strike there"
                                    + "\n  seen   : sql:COMMIT (1 hit)");
        }
    }

    /** The run was red because of just that, so its replay is. */
    @Test
    void aRuleThatStruckTooRarelyDoesSoAgain() {
        try (ChaosScope scope = following(Script.of(List.of(at(1))))) {
            commit(scope);

            assertThatThrownBy(scope::verify)
                    .isInstanceOf(UnfulfilledPlanError.class)
                    .hasMessageContaining("but it struck 1 of 3 times in 1 hit");
        }
    }

    @Test
    void ofAPartNoRuleIsHeldToItsWord() {
        try (ChaosScope scope = following(Script.partly(List.of(at(2))))) {
            commit(scope);
            commit(scope);

            assertThat(scope.fired()).hasSize(1);
            assertThatCode(scope::verify).doesNotThrowAnyException();
        }
    }

    @Test
    void aDryRunMissesNothing() {
        Plan plan = Plan.of(new Seed(77), THREE).following(Script.of(List.of(at(1))));
        try (ChaosScope scope = ChaosScope.openDryRun("payment", plan)) {
            assertThat(scope.unreached()).isEmpty();
            assertThatCode(scope::verify).doesNotThrowAnyException();
        }
    }
}

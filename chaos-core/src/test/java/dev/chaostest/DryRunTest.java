// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.chaostest.mount.Mount;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DryRunTest {

    private static final Site CHARGE = new Site("call", "Gateway.charge");
    private static final Site REFUND = new Site("call", "Gateway.refund");
    private static final Site CANCEL = new Site("call", "Gateway.cancel");
    private static final Cut CUT = new Cut(When.BEFORE);

    private static final Rule TWICE = Rule.of(Target.of(CHARGE), Trigger.first(2), CUT);
    private static final Rule LATE = Rule.of(Target.of(REFUND), Trigger.nth(5), CUT);
    private static final Rule NOWHERE = Rule.of(Target.of(CANCEL), Trigger.always(), CUT);
    private static final Rule DRAWN = Rule.of(Target.of(CHARGE), Trigger.probability(0.5), CUT);
    private static final Rule OFF = Rule.of(Target.of(CHARGE), Trigger.probability(0), CUT);

    private static ChaosScope dry(Rule... rules) {
        return ChaosScope.openDryRun("pays", Plan.of(new Seed(77), rules));
    }

    private static long strikes(ChaosScope scope, Site site, int hits) {
        return IntStream.range(0, hits)
                .filter(i -> scope.round().at(site, new Lane("lane-" + i % 2), () -> "text", Set.of()) != null)
                .count();
    }

    @Test
    void nothingStrikesAndNothingIsMissed() {
        try (ChaosScope scope = dry(TWICE, NOWHERE)) {
            scope.arm(new Mount("the gateway", "call", Set.of(Cut.class)));

            assertThat(strikes(scope, CHARGE, 3)).isZero();
            assertThat(scope.fired()).isEmpty();
            assertThat(scope.unfulfilled()).isEmpty();
            assertThatCode(scope::verify).doesNotThrowAnyException();
        }
    }

    @Test
    void itSaysWhatWouldHaveStruckWhere() {
        try (ChaosScope scope = dry(TWICE, LATE, NOWHERE, OFF)) {
            strikes(scope, CHARGE, 3);
            strikes(scope, REFUND, 1);

            DryRun seen = scope.dryRun().orElseThrow();

            assertThat(seen.lines(site -> site.equals(CHARGE) ? Optional.of("on = \"charge\"") : Optional.empty()))
                    .containsExactly(
                            "Dry run of pays with seed 77: nothing was injected.",
                            "  seen    : call:Gateway.charge (3 hits), on = \"charge\"",
                            "    would strike 2 of 3: " + TWICE,
                            "  seen    : call:Gateway.refund (1 hit)",
                            "  never   : " + LATE + "; 1 hit arrived there",
                            "  never   : " + NOWHERE + "; nothing arrived there");
        }
    }

    @Test
    void aScopeThatSawNothingSaysSo() {
        try (ChaosScope scope = dry()) {
            assertThat(scope.dryRun().orElseThrow().lines(site -> Optional.empty()))
                    .containsExactly(
                            "Dry run of pays with seed 77: nothing was injected.",
                            "  seen    : nothing; does the code under test use what was handed to the test?");
        }
    }

    @Test
    void theDecisionsAreThoseOfARealRun() {
        try (ChaosScope dry = dry(DRAWN);
                ChaosScope real = ChaosScope.open("pays", dry.plan())) {
            strikes(dry, CHARGE, 40);

            long struck = strikes(real, CHARGE, 40);

            assertThat(struck).isBetween(1L, 39L);
            assertThat(dry.dryRun().orElseThrow().forecasts())
                    .singleElement()
                    .satisfies(forecast -> assertThat(forecast.strikes()).containsEntry(CHARGE, struck));
            assertThat(real.dryRun()).isEmpty();
        }
    }

    @Test
    void aRuleThatLosesItsHitsToAnEarlierOneWouldNeverStrike() {
        Rule second = Rule.of(Target.seam("call"), Trigger.always(), CUT);
        try (ChaosScope scope = dry(Rule.of(Target.of(CHARGE), Trigger.always(), CUT), second)) {
            strikes(scope, CHARGE, 2);

            assertThat(scope.dryRun().orElseThrow().forecasts())
                    .extracting(DryRun.Forecast::isIdle)
                    .containsExactly(false, true);
        }
    }

    @Test
    void aRuleThatIsAddedWhileItRunsIsCountedToo() {
        try (ChaosScope scope = dry()) {
            try (Injection ignored = scope.inject(TWICE)) {
                strikes(scope, CHARGE, 1);
            }
            strikes(scope, CHARGE, 1);

            assertThat(scope.dryRun().orElseThrow().forecasts())
                    .extracting(DryRun.Forecast::strikes)
                    .isEqualTo(List.of(Map.of(CHARGE, 1L)));
        }
    }

    @Test
    void aLongListIsCutOff() {
        try (ChaosScope scope = dry()) {
            IntStream.range(0, 103).forEach(i -> strikes(scope, new Site("call", "Gateway.m" + i), 1));

            assertThat(scope.dryRun().orElseThrow().lines(site -> Optional.empty()))
                    .hasSize(102)
                    .last()
                    .isEqualTo("  seen    : and 3 more sites");
        }
    }
}

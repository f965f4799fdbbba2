// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.functional;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Callers;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.work.Workers;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Outside the machinery's packages, as the code of users is. */
class CallerFrameTest {

    private static final Site CHARGE = new Site("call", "Gateway.charge");

    private final Round round = new Round(
            "payment",
            Plan.of(new Seed(77), Rule.of(Target.of(CHARGE), Trigger.always(), new Cut(When.BEFORE))),
            new VirtualTime());

    private void charge() {
        chargeThrough(Set.of());
    }

    private void chargeThrough(Set<String> machinery) {
        round.at(CHARGE, new Lane("gateway-1"), () -> "charge(5)", machinery);
    }

    private @Nullable String caller() {
        List<LedgerEntry.Fired> fired = round.ledger().entries(LedgerEntry.Fired.class);
        return fired.get(fired.size() - 1).caller();
    }

    @Test
    void isTheNearestFrameOutsideTheMachinery() {
        charge();

        assertThat(caller()).matches("CallerFrameTest\\.chargeThrough:\\d+");
    }

    @Test
    void machineryThatTheSeamNamesIsSkipped() {
        chargeThrough(Set.of("dev.chaostest.functional."));

        assertThat(requireNonNull(caller())).doesNotContain("CallerFrameTest");
    }

    @Test
    void isMissingWhereNoFrameIsLeft() {
        chargeThrough(Set.of("dev.", "org.", "com."));

        assertThat(caller()).isNull();
    }

    @Test
    void platformBetweenTheCodeAndTheSeamIsSkipped() {
        List.of(1).forEach(n -> charge());

        assertThat(caller()).startsWith("CallerFrameTest.");
    }

    @Test
    void onAWorkerIsTheCodeOfItsTask() throws InterruptedException {
        Workers.of(1).run(worker -> charge());

        assertThat(caller()).startsWith("CallerFrameTest.chargeThrough:");
    }

    @Test
    void thoseWhoCalledItFollowUntilWhatRunsThem() {
        List<String> all = frames(5);
        assertThat(all).hasSize(2);
        assertThat(all.get(0)).matches("CallerFrameTest\\.frames:\\d+");
        assertThat(all.get(1)).matches("CallerFrameTest\\.thoseWhoCalledItFollowUntilWhatRunsThem:\\d+");
        assertThat(frames(1)).hasSize(1);
    }

    private static List<String> frames(int most) {
        return Callers.frames(Set.of(), Set.of("org.junit."), most).stream()
                .map(Callers::print)
                .toList();
    }

    @Test
    void isInTheLedgersLine() {
        charge();

        assertThat(round.ledger().entries().get(1).toString())
                .matches("#2 \\+0us fired: connection lost before the effect \\(nothing was sent\\) at "
                        + "call:Gateway\\.charge, 1st on lane gateway-1, from CallerFrameTest\\.chargeThrough:\\d+");
    }
}

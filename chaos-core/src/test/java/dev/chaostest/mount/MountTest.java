// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import dev.chaostest.work.Classifier;
import dev.chaostest.work.Workers;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MountTest {

    private static final Rule CUT = Rule.of(Target.seam("sql"), Trigger.nth(1), new Cut(When.BEFORE));
    private static final Rule SLOW = Rule.of(Target.seam("sql"), Trigger.nth(1), Delay.of(Duration.ofMillis(1)));

    private final Mount mount = new Mount("the pool bank", "sql", Set.of(Cut.class, Delay.class));
    private final Mount delaysOnly = new Mount("the link orders", "sql", Set.of(Delay.class));

    private static Round round(String name, Rule... rules) {
        return new Round(name, Plan.of(new Seed(77), rules), new VirtualTime());
    }

    @Test
    void nobodyIsArmedAtFirst() {
        assertThat(mount.armed()).isNull();
        assertThat(mount.name()).isEqualTo("the pool bank");
    }

    @Test
    void roundIsInChargeUntilItIsDisarmed() {
        Round round = round("one", CUT);
        Mount.Arming arming = mount.arm(round);
        assertThat(mount.armed()).isSameAs(round);

        arming.close();
        assertThat(mount.armed()).isNull();
    }

    @Test
    void secondScopeIsRefusedWithBothNames() {
        Round first = round("payment is retried");
        mount.arm(first);

        assertThatThrownBy(() -> mount.arm(round("refund is retried")))
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "At most one scope must be armed on the pool bank at a time, but \"payment is retried\" still "
                                + "is, and \"refund is retried\" came. Have the two not run at the same time, "
                                + "or give each one of its own.");
        assertThat(mount.armed()).isSameAs(first);
    }

    @Test
    void sameScopeIsRefusedTheSecondTime() {
        Round round = round("payment is retried");
        mount.arm(round);

        assertThatThrownBy(() -> mount.arm(round))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A scope must be armed once on the pool bank, but \"payment is retried\" came twice. "
                        + "Remove the second call.");
        assertThat(mount.armed()).isSameAs(round);
    }

    @Test
    void disarmingTwiceIsHarmlessAlsoForTheNextRound() {
        Mount.Arming first = mount.arm(round("one"));
        first.close();
        Round next = round("two");
        mount.arm(next);

        first.close();
        assertThat(mount.armed()).isSameAs(next);
    }

    @Test
    void disarmingTwiceIsHarmlessAlsoWhenTheSameRoundCameBack() {
        Round round = round("one");
        Mount.Arming first = mount.arm(round);
        first.close();
        mount.arm(round);

        first.close();
        assertThat(mount.armed()).isSameAs(round);
    }

    @Test
    void faultThatCanNotBeCarriedIsRefusedBeforeAnythingIsArmed() {
        assertThatThrownBy(() -> delaysOnly.arm(round("one", SLOW, CUT)))
                .isInstanceOf(ChaosException.class)
                .hasMessage("A fault on the link orders must be one of [Delay], but rule \"connection lost before the "
                        + "effect (nothing was sent) at every sql site, hit 1\" has a Cut. Use one of those, or another "
                        + "seam.");
        assertThat(delaysOnly.armed()).isNull();
    }

    @Test
    void faultThatCanBeCarriedIsLetThrough() {
        delaysOnly.requireCarried(SLOW);
        delaysOnly.requireCarried(Rule.of(Target.seam("call"), Trigger.always(), new Cut(When.BEFORE)));
        mount.requireCarried(CUT);

        assertThat(delaysOnly.armed()).isNull();
    }

    @Test
    void eachSeamOfAMountCarriesItsOwnFaults() {
        Mount both = new Mount("the DataSource bank", Map.of("sql", Set.of(Cut.class), "wire", Set.of(Delay.class)));
        both.requireCarried(CUT);
        both.requireCarried(Rule.of(Target.seam("call"), Trigger.always(), Delay.of(Duration.ofMillis(1))));

        assertThatThrownBy(
                        () -> both.requireCarried(Rule.of(Target.seam("wire"), Trigger.always(), new Cut(When.BEFORE))))
                .isInstanceOf(ChaosException.class)
                .hasMessageStartingWith("A fault on the DataSource bank must be one of [Delay], but rule ");
    }

    @Test
    void onlyOneOfManyRoundsThatComeTogetherIsArmed() throws InterruptedException {
        Workers.of(8)
                .classify(Classifier.of("refused", ChaosException.class))
                .run(worker -> mount.arm(round(worker.lane().name())))
                .requireAtLeast("success", 1)
                .requireAtLeast("refused", 7);

        assertThat(mount.armed()).isNotNull();
    }
}

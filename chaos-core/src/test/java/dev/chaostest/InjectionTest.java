// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Strike;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import dev.chaostest.time.VirtualTime;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InjectionTest {

    private static final Site COMMIT = new Site("sql", "COMMIT");
    private static final Rule CUT = Rule.of(Target.of(COMMIT), Trigger.always(), new Cut(When.BEFORE));

    private static ChaosScope scope(String name) {
        return ChaosScope.open(name, Plan.of(new Seed(77)), new VirtualTime());
    }

    private static boolean strikes(ChaosScope scope) {
        Strike strike = scope.round().at(COMMIT, new Lane("a"), () -> "COMMIT", Set.of());
        if (strike != null) {
            strike.blows().forEach(blow -> blow.fault().mustComeBack().ifPresent(blow::answered));
        }
        return strike != null;
    }

    @Test
    void faultStrikesFromNowUntilItIsClosed() {
        try (ChaosScope scope = scope("payment")) {
            assertThat(strikes(scope)).isFalse();
            Injection injection = scope.inject(CUT);
            assertThat(injection.isActive()).isTrue();
            assertThat(injection).hasToString("active: " + CUT);
            assertThat(strikes(scope)).isTrue();

            injection.close();
            injection.close();
            assertThat(injection.isActive()).isFalse();
            assertThat(injection).hasToString("healed: " + CUT);
            assertThat(strikes(scope)).isFalse();
            assertThat(scope.ledger().entries(LedgerEntry.Noted.class))
                    .extracting(LedgerEntry.Noted::text)
                    .containsExactly("healed: " + CUT);
        }
    }

    @Test
    void transientFaultStrikesOnceAndStaysActive() {
        try (ChaosScope scope = scope("payment");
                Injection once = scope.inject(Rule.of(Target.of(COMMIT), Trigger.nth(1), new Cut(When.AFTER)))) {
            assertThat(strikes(scope)).isTrue();
            assertThat(strikes(scope)).isFalse();
            assertThat(once.isActive()).isTrue();
            scope.verify();
        }
    }

    @Test
    void endOfTheScopeClosesWhatIsStillOpen() {
        ChaosScope scope = scope("payment");
        Injection injection = scope.inject(CUT);
        scope.close();

        assertThat(injection.isActive()).isFalse();
        assertThat(scope.ledger().entries())
                .extracting(LedgerEntry::toString)
                .endsWith("#2 +0us noted: healed: " + CUT, "#3 +0us noted: healed");
    }

    @Test
    void injectedFaultMustStrikeToo() {
        try (ChaosScope scope = scope("payment")) {
            scope.inject(CUT).close();

            assertThat(scope.unfulfilled()).containsExactly("planned was " + CUT + ", but nothing arrived there");
        }
    }

    @Test
    void faultThatNoArmedMountCarriesIsRefused() {
        Mount delays = new Mount("the link orders", "sql", Set.of(Delay.class));
        try (ChaosScope scope = scope("payment")) {
            scope.arm(delays);

            assertThatThrownBy(() -> scope.inject(CUT))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("A fault on the link orders must be one of [Delay], but rule \"" + CUT
                            + "\" has a Cut. Use one of those, or another seam.");
            assertThat(strikes(scope)).isFalse();
        }
    }

    @Test
    void mountThatCanNotCarryWhatIsInjectedAlreadyIsRefused() {
        Mount delays = new Mount("the link orders", "sql", Set.of(Delay.class));
        try (ChaosScope scope = scope("payment")) {
            scope.inject(CUT);

            assertThatThrownBy(() -> scope.arm(delays)).isInstanceOf(ChaosException.class);
            assertThat(delays.armed()).isNull();
        }
    }

    @Test
    void healedScopeTakesNoMoreFaults() {
        try (ChaosScope scope = scope("payment")) {
            scope.heal();

            assertThatThrownBy(() -> scope.inject(CUT))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("\"" + CUT
                            + "\" must be injected while scope \"payment\" is open, but it is healed. Do "
                            + "it earlier, or open a new scope.");
            assertThat(scope.unfulfilled()).isEmpty();
        }
    }
}

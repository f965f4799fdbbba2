// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.functional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.call.Calls;
import dev.chaostest.call.Failure;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Outside the seam's package, as the code of users is. */
class WrappedCallTest {

    /** Not public, as in many tests. */
    interface Gateway {
        String charge(String order, long amount);
    }

    private final List<String> charged = new ArrayList<>();
    private final Gateway real = (order, amount) -> {
        charged.add(order);
        return "receipt for " + order;
    };

    @Test
    void secondCallFailsAndTheLedgerSaysWhereAndWhat() {
        Rule second = Rule.of(
                Calls.to(Gateway.class, "charge"),
                Trigger.nth(2),
                Failure.of(() -> new IllegalStateException("no funds")));
        try (ChaosScope scope = ChaosScope.open("payment", Plan.of(new Seed(77), second), new VirtualTime())) {
            Gateway gateway = scope.wrap(Gateway.class, real);

            assertThat(gateway.charge("a", 1)).isEqualTo("receipt for a");
            assertThatThrownBy(() -> gateway.charge("b", 2))
                    .isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessage("no funds");
            assertThat(gateway.charge("c", 3)).isEqualTo("receipt for c");

            scope.verify();
            assertThat(charged).containsExactly("a", "c");
            LedgerEntry.Fired fired = scope.fired().get(0);
            assertThat(fired.text()).isEqualTo("charge(\"b\", 2)");
            assertThat(fired.caller()).startsWith("WrappedCallTest.");
            assertThat(scope.ledger().entries().toString())
                    .contains("at call:Gateway.charge, 2nd on lane Gateway-1, from WrappedCallTest.")
                    .contains("came back: java.lang.IllegalStateException: no funds for #3");
        }
    }
}

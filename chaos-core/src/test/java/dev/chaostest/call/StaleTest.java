// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StaleTest {

    interface Accounts {
        long balance(String account);
    }

    private final Map<String, Long> balances = new HashMap<>(Map.of("a", 100L, "b", 7L));
    private final VirtualTime time = new VirtualTime();

    private ChaosScope scope(Behavior behavior) {
        Rule rule = Rule.of(Calls.to(Accounts.class), Trigger.always(), behavior);
        return ChaosScope.open("reading", Plan.of(new Seed(77), rule), time);
    }

    private Accounts wrapped(ChaosScope scope) {
        return scope.wrap(Accounts.class, balances::get);
    }

    @Test
    void readersGetWhatWasCurrentALagAgoUntilItRecovers() {
        try (ChaosScope scope = scope(Behaviors.stale(Duration.ofSeconds(10), Duration.ofSeconds(30)))) {
            Accounts accounts = wrapped(scope);

            assertThat(accounts.balance("a")).isEqualTo(100);
            time.advance(Duration.ofSeconds(4));
            balances.put("a", 50L);
            assertThat(accounts.balance("a"))
                    .as("nothing older is known than the first")
                    .isEqualTo(100);
            time.advance(Duration.ofSeconds(4));
            balances.put("a", 20L);
            assertThat(accounts.balance("a")).isEqualTo(100);
            assertThat(accounts.balance("b")).as("another question").isEqualTo(7);
            time.advance(Duration.ofSeconds(6));
            assertThat(accounts.balance("a")).as("at 14 s, that of 4 s").isEqualTo(50);
            time.advance(Duration.ofSeconds(4));
            assertThat(accounts.balance("a")).as("at 18 s, that of 8 s").isEqualTo(20);
            balances.put("a", 0L);
            assertThat(accounts.balance("a")).isEqualTo(20);
            time.advance(Duration.ofSeconds(12));
            assertThat(accounts.balance("a")).as("recovered after 30 s").isZero();

            assertThat(scope.fired()).hasSize(7);
            assertThat(scope.fired().get(0).fault()).hasToString("result changed to what it was 10s ago");
            scope.verify();
        }
    }

    @Test
    void readersGetAnOlderValueUntilItRecovers() {
        Behavior behind = Behaviors.stale("10 behind", value -> (long) value - 10, Duration.ofSeconds(30));
        try (ChaosScope scope = scope(behind)) {
            Accounts accounts = wrapped(scope);

            assertThat(accounts.balance("a")).isEqualTo(90);
            time.advance(Duration.ofSeconds(29));
            assertThat(accounts.balance("b")).isEqualTo(-3);
            time.advance(Duration.ofSeconds(1));
            assertThat(accounts.balance("a")).isEqualTo(100);
            scope.verify();
        }
    }

    @Test
    void manyAnswersAndManyQuestionsAreForgottenAndTheOldestComesInstead() {
        try (ChaosScope scope = scope(Behaviors.stale(Duration.ofHours(1), Duration.ofHours(2)))) {
            Accounts accounts = wrapped(scope);
            for (long i = 1; i <= 3_000; i++) {
                balances.put("a", i);
                assertThat(accounts.balance("a")).isEqualTo(Math.max(1, i - 1_000));
            }
            for (int i = 0; i < 1_000; i++) {
                balances.put("other" + i, 1L);
                accounts.balance("other" + i);
            }
            assertThat(accounts.balance("a")).as("the question was forgotten").isEqualTo(3_000);
        }
    }

    interface Sums {
        long sum(String... accounts);
    }

    @Test
    void theSameQuestionMayComeInAnotherArray() {
        Behavior stale = Behaviors.stale(Duration.ofSeconds(10), Duration.ofSeconds(30));
        Rule rule = Rule.of(Calls.to(Sums.class), Trigger.always(), stale);
        try (ChaosScope scope = ChaosScope.open("reading", Plan.of(new Seed(77), rule), time)) {
            Sums sums = scope.wrap(
                    Sums.class,
                    names -> Stream.of(names).mapToLong(balances::get).sum());

            assertThat(sums.sum("a", "b")).isEqualTo(107);
            balances.put("a", 0L);
            assertThat(sums.sum("a", "b")).as("what it was").isEqualTo(107);
            assertThat(sums.sum("b", "a")).as("another question").isEqualTo(7);
        }
    }

    @Test
    void itSaysWhatItDoes() {
        assertThat(Behaviors.stale(Duration.ofSeconds(10), Duration.ofSeconds(30)))
                .hasToString("(values stale by 10s) for 30s, then (healthy)");
        assertThat(Behaviors.stale("10 behind", value -> value, Duration.ofSeconds(30)))
                .hasToString("(result changed to 10 behind) for 30s, then (healthy)");
        assertThat(Behaviors.stale(Duration.ofSeconds(10), Duration.ofSeconds(30))
                        .isTimed())
                .isTrue();
    }

    @Test
    void badValuesAreRefused() {
        assertThatThrownBy(() -> Behaviors.stale(Duration.ZERO, Duration.ofSeconds(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the lag must be longer than zero and at most a day, but was PT0S. Write for example "
                        + "Duration.ofSeconds(5).");
        assertThatThrownBy(() -> Behaviors.stale(Duration.ofSeconds(1), Duration.ZERO))
                .hasMessage("the span must be longer than zero and at most a day, but was PT0S. Write for example "
                        + "Duration.ofSeconds(5).");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.Injection;
import dev.chaostest.UnfulfilledPlanError;
import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every behaviour holds, seen by the caller of a wrapped interface. */
class BehaviorContractTest {

    interface Gateway {
        String charge(String order);
    }

    /**
     * A behaviour that strikes the first call.
     *
     * @param made makes it anew
     * @param sees what the caller of the first calls sees: {@code x} for an exception, else the result, and how long it took
     */
    record Example(Supplier<Behavior> made, List<String> sees) {
        Example(Supplier<Behavior> made, String... sees) {
            this(made, List.of(sees));
        }

        @Override
        public String toString() {
            return made.get().toString();
        }
    }

    private static RuntimeException down() {
        return new IllegalStateException("down");
    }

    static List<Example> examples() {
        Duration second = Duration.ofSeconds(1);
        return List.of(
                new Example(() -> Behaviors.alwaysFail(BehaviorContractTest::down), "x", "x", "x"),
                new Example(() -> Behaviors.latency(second), "ok 1s", "ok 1s", "ok 1s"),
                new Example(() -> Behaviors.intermittent(1, BehaviorContractTest::down), "x", "x"),
                new Example(() -> Behaviors.nth(1, Failure.of(BehaviorContractTest::down)), "x", "ok", "ok"),
                new Example(() -> Behaviors.everyNth(1, ChangedResult.to("stub")), "stub", "stub"),
                new Example(
                        () -> Behaviors.sequence(Failure.of(BehaviorContractTest::down), ChangedResult.to("stub"))
                                .cycle(),
                        "x",
                        "stub",
                        "x"),
                new Example(
                        () -> Behaviors.onAttempt(1)
                                .fail(BehaviorContractTest::down)
                                .onAttempt(2)
                                .delay(second)
                                .onAttempt(3)
                                .value("stub")
                                .then()
                                .ok(),
                        "x",
                        "ok 1s",
                        "stub",
                        "ok"),
                new Example(
                        () -> Behaviors.degrading(second, Growth.compound(1), second.multipliedBy(3)),
                        "ok 1s",
                        "ok 2s",
                        "ok 3s",
                        "ok 3s"),
                new Example(
                        () -> Behaviors.latency(second).with(Behaviors.rateLimit(1, 1, second, after -> down())),
                        "ok 1s",
                        "ok 1s",
                        "ok 1s"),
                new Example(
                        () -> Behaviors.phases(BehaviorContractTest::down)
                                .degraded(second.multipliedBy(2), Length.fixed(second), 0)
                                .failed(1),
                        "ok 1s",
                        "ok 1s",
                        "x",
                        "ok"),
                new Example(() -> Behaviors.stale("old", value -> "old " + value, second), "old ok", "old ok"),
                new Example(() -> Behaviors.stale(second, second), "ok", "ok"),
                new Example(
                        () -> Behaviors.byMethod(
                                Map.of("charge", Behaviors.alwaysFail(BehaviorContractTest::down)),
                                Behaviors.healthy()),
                        "x",
                        "x"),
                new Example(
                        () -> Behaviors.byKey(
                                Map.of("a", Behaviors.alwaysFail(BehaviorContractTest::down)), Behaviors.hang()),
                        "x",
                        "x"),
                new Example(
                        () -> Behaviors.when(
                                        "order is a",
                                        call -> call.argument(0, String.class).equals("a"),
                                        fail())
                                .otherwise(Behaviors.hang()),
                        "x",
                        "x"),
                new Example(
                        () -> Behaviors.latency(second).with(Behaviors.everyNth(2, fail())), "ok 1s", "x 1s", "ok 1s"),
                new Example(() -> Behaviors.latency(second).thenAfter(1, fail()), "ok 1s", "x", "x"),
                new Example(() -> Behaviors.latency(second).thenAfter(second, fail()), "ok 1s", "x", "x"),
                new Example(() -> Behavior.of("own", () -> occasion -> List.of(fail())), "x", "x"));
    }

    private static Failure fail() {
        return Failure.of(BehaviorContractTest::down);
    }

    private final SteppingTime time = new SteppingTime();
    private final ChaosScope scope = ChaosScope.open("contract", Plan.of(new Seed(77)), time);
    private final Gateway gateway = scope.wrap(
            Gateway.class, order -> "ok", Wrapping.named("gateway").keyed(call -> call.argument(0, String.class)));
    private final Gateway other = scope.wrap(Gateway.class, order -> "ok", Wrapping.named("other"));

    private String see(Gateway called) {
        long began = time.nanos();
        String seen;
        try {
            seen = called.charge("a");
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("down");
            seen = "x";
        }
        long seconds = Duration.ofNanos(time.nanos() - began).toSeconds();
        return seconds == 0 ? seen : seen + " " + seconds + "s";
    }

    private List<String> see(int times) {
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            seen.add(see(gateway));
        }
        return seen;
    }

    private static Rule rule(Trigger trigger, Behavior behavior) {
        return Rule.of(Calls.to(Gateway.class).on("gateway"), trigger, behavior);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void persistentItStrikesUntilItIsClosedAndThenTheObjectAnswersAtOnce(Example example) {
        Injection injection = scope.inject(rule(Trigger.always(), example.made.get()));

        assertThat(see(example.sees.size())).isEqualTo(example.sees);
        assertThat(see(other)).as("another object").isEqualTo("ok");
        scope.verify();
        List<LedgerEntry.Fired> fired = scope.fired();
        assertThat(fired).isNotEmpty().allSatisfy(each -> {
            assertThat(each.hit().site()).hasToString("call:Gateway.charge");
            assertThat(each.hit().lane()).hasToString("gateway-1");
            assertThat(each.text()).isEqualTo("charge(\"a\")");
            assertThat(each.fault()).isNotInstanceOf(Behavior.class);
        });

        injection.close();
        injection.close();
        assertThat(see(3)).containsOnly("ok");
        assertThat(scope.fired()).hasSameSizeAs(fired);
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void transientItStrikesOnceAndTheObjectAnswersAtOnceFromThenOn(Example example) {
        scope.inject(rule(Trigger.first(1), example.made.get()));

        assertThat(see(gateway)).isEqualTo(example.sees.get(0));
        assertThat(see(3)).containsOnly("ok");
        scope.verify();
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void forEachKeyItBeginsAnewAndTheEndOfTheScopeHealsIt(Example example) {
        scope.inject(rule(Trigger.always(), example.made.get()).perKey());

        assertThat(see(example.sees.size())).isEqualTo(example.sees);
        scope.verify();
        scope.close();
        assertThat(see(3)).containsOnly("ok");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void nothingThatArrivedIsAMissedFault(Example example) {
        scope.inject(rule(Trigger.always(), example.made.get()));
        see(other);

        assertThatThrownBy(scope::verify)
                .isInstanceOf(UnfulfilledPlanError.class)
                .hasMessageContaining("planned was " + example.made.get()
                        + " at call:Gateway.* on gateway, every time, " + "but nothing arrived there");
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void madeTwiceItIsTheSamePlan(Example example) {
        Plan one = Plan.of(new Seed(1), rule(Trigger.always(), example.made.get()));
        Plan same = Plan.of(new Seed(1), rule(Trigger.always(), example.made.get()));

        assertThat(one.fingerprint()).isEqualTo(same.fingerprint());
        scope.close();
    }
}

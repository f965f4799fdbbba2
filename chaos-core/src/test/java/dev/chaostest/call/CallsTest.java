// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ChaosScope;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Seed;
import dev.chaostest.plan.Site;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.time.VirtualTime;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CallsTest {

    interface Gateway {
        String charge(String account, long amount);

        default String charge(String account) {
            return charge(account, 1);
        }

        int refund(String account);

        static Gateway ofNothing() {
            return new Real();
        }
    }

    interface Marker {}

    private static final class Real implements Gateway {
        @Override
        public String charge(String account, long amount) {
            return account + " " + amount;
        }

        @Override
        public int refund(String account) {
            return 7;
        }
    }

    private static Rule fails(Target target) {
        return Rule.of(target, Trigger.always(), Failure.of(() -> new IllegalStateException("struck")));
    }

    private static ChaosScope scope(Rule... rules) {
        return ChaosScope.open("payment", Plan.of(new Seed(77), rules), new VirtualTime());
    }

    /** What each call gave, {@code struck} where it failed. */
    private static List<String> outcomes(List<Supplier<Object>> calls) {
        return calls.stream()
                .map(call -> {
                    try {
                        return call.get().toString();
                    } catch (IllegalStateException e) {
                        return e.getMessage();
                    }
                })
                .toList();
    }

    @Test
    void matchItsOwnSitesOnly() {
        Calls all = Calls.to(Gateway.class);
        Calls one = Calls.to(Gateway.class, "charge");

        assertThat(all.seam()).isEqualTo("call");
        assertThat(all.matches(new Site("call", "Gateway.refund"))).isTrue();
        assertThat(all.matches(new Site("call", "GatewayTwo.refund"))).isFalse();
        assertThat(all.matches(new Site("sql", "Gateway.refund"))).isFalse();
        assertThat(one.matches(new Site("call", "Gateway.charge"))).isTrue();
        assertThat(one.matches(new Site("call", "Gateway.refund"))).isFalse();
        assertThat(one.covers(() -> null)).isFalse();
    }

    @Test
    void ofAnInterfaceAreAllItsMethods() {
        try (ChaosScope scope = scope(fails(Calls.to(Gateway.class)))) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThat(outcomes(List.of(() -> gateway.charge("a", 1), () -> gateway.refund("a"))))
                    .containsExactly("struck", "struck");
        }
    }

    @Test
    void ofAMethodAreAllItsOverloads() {
        try (ChaosScope scope = scope(fails(Calls.to(Gateway.class, "charge")))) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThat(outcomes(List.of(
                            () -> gateway.charge("a", 1), () -> gateway.charge("a"), () -> gateway.refund("a"))))
                    .containsExactly("struck", "struck", "7");
            assertThat(scope.round().decisions().seen())
                    .containsOnlyKeys(new Site("call", "Gateway.charge"), new Site("call", "Gateway.refund"));
        }
    }

    @Test
    void interfacesOfTheSameSimpleNameAreTwo() {
        try (ChaosScope scope = scope(
                fails(Calls.to(dev.chaostest.call.elsewhere.Gateway.class)).mayMiss())) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThat(gateway.refund("a")).isEqualTo(7);
            assertThat(scope.fired()).isEmpty();
        }
    }

    @Test
    void conditionChoosesByArguments() {
        Calls large = Calls.to(Gateway.class, "charge")
                .where("of two arguments", call -> call.arguments().size() == 2)
                .where("amount over 1000", call -> call.argument(1, long.class) > 1000);
        try (ChaosScope scope =
                scope(Rule.of(large, Trigger.nth(2), Failure.of(() -> new IllegalStateException("struck"))))) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThat(outcomes(List.of(
                            () -> gateway.charge("a"),
                            () -> gateway.charge("a", 2000),
                            () -> gateway.charge("a", 10),
                            () -> gateway.charge("a", 2001))))
                    .as("what a condition leaves out is not counted")
                    .containsExactly("a 1", "a 2000", "a 10", "struck");
            scope.verify();
        }
    }

    @Test
    void nameChoosesTheObject() {
        try (ChaosScope scope = scope(fails(Calls.to(Gateway.class).on("stripe")))) {
            Gateway stripe = scope.wrap(Gateway.class, new Real(), Wrapping.named("stripe"));
            Gateway other = scope.wrap(Gateway.class, new Real(), Wrapping.named("other"));

            assertThat(outcomes(List.of(() -> other.refund("a"), () -> stripe.refund("a"))))
                    .containsExactly("7", "struck");
            assertThat(scope.fired()).extracting(fired -> fired.hit().lane()).containsExactly(new Lane("stripe-1"));
        }
    }

    @Test
    void keyCountsByItself() {
        Rule firstOfEach = Rule.of(
                        Calls.to(Gateway.class, "charge"),
                        Trigger.first(1),
                        Failure.of(() -> new IllegalStateException("struck")))
                .perKey();
        try (ChaosScope scope = scope(firstOfEach)) {
            Gateway gateway = scope.wrap(
                    Gateway.class, new Real(), Wrapping.named("bank").keyed(call -> call.argument(0, String.class)));

            assertThat(outcomes(List.of(
                            () -> gateway.charge("a", 1),
                            () -> gateway.charge("b", 1),
                            () -> gateway.charge("a", 2),
                            () -> gateway.charge("b", 2),
                            () -> gateway.charge(" ", 1),
                            () -> gateway.charge("", 2))))
                    .as("a blank key is none, and the lane stands for it")
                    .containsExactly("struck", "struck", "a 2", "b 2", "struck", " 2");
            scope.verify();
        }
    }

    @Test
    void textIsTheSameInEveryRun() {
        Calls target = Calls.to(Gateway.class, "charge").on("stripe").where("amount over 1000", call -> true);

        assertThat(target).hasToString("call:Gateway.charge on stripe where amount over 1000");
        assertThat(Calls.to(Gateway.class)).hasToString("call:Gateway.*");
    }

    @Test
    void unknownMethodIsRefusedWithTheNearestNames() {
        assertThatThrownBy(() -> Calls.to(Gateway.class, "chagre"))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The method must be one of dev.chaostest.call.CallsTest$Gateway, but \"chagre\" is none. "
                        + "Did you mean \"charge\" or \"refund\"?");
        assertThatThrownBy(() -> Calls.to(Gateway.class, "ofNothing")).isInstanceOf(ChaosException.class);
        assertThatThrownBy(() -> Calls.to(Marker.class, "charge"))
                .hasMessage("The method must be one of dev.chaostest.call.CallsTest$Marker, but \"charge\" is none. "
                        + "It has no methods; name another interface.");
    }

    @Test
    void nearestNamesAreAFewOfMany() {
        assertThatThrownBy(() -> Calls.to(List.class, "ad"))
                .hasMessage("The method must be one of java.util.List, but \"ad\" is none. "
                        + "Did you mean \"add\" or \"get\" or \"set\"?");
    }

    @Test
    void classIsRefused() {
        assertThatThrownBy(() -> Calls.to(Real.class))
                .isInstanceOf(ChaosException.class)
                .hasMessage("The type whose calls are meant must be an interface, but "
                        + "dev.chaostest.call.CallsTest$Real is none. Name the interface that was wrapped.");
    }

    @Test
    void argumentThatIsNotThereIsRefused() {
        Calls third = Calls.to(Gateway.class)
                .where("third", call -> call.argument(2, String.class).isEmpty());
        try (ChaosScope scope = scope(fails(third).mayMiss())) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThatThrownBy(() -> gateway.charge("a", 1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("An argument of Gateway.charge must be one of its 2, counted from 0, but number 2 was "
                            + "asked for. Name the method in the target, or look at arguments().");
        }
    }

    @Test
    void argumentOfAnotherTypeIsRefused() {
        Calls number = Calls.to(Gateway.class, "charge").where("of 1", call -> call.argument(0, int.class) == 1);
        try (ChaosScope scope = scope(fails(number).mayMiss())) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThatThrownBy(() -> gateway.charge("a", 1))
                    .isInstanceOf(ChaosException.class)
                    .hasMessage("Argument 0 of Gateway.charge must be of type int to be looked at so, but is of type "
                            + "java.lang.String. Ask for another type, or look at arguments().");
            assertThatThrownBy(() -> gateway.charge(nothing(), 1))
                    .hasMessage("Argument 0 of Gateway.charge must be of type int to be looked at so, but is null. "
                            + "Ask for another type, or look at arguments().");
        }
    }

    @SuppressWarnings("NullAway") // what is tested
    private static String nothing() {
        return null;
    }

    @Test
    void whatAConditionThrowsGoesToTheCaller() {
        Calls broken = Calls.to(Gateway.class).where("broken", call -> {
            throw new IllegalStateException("in the condition");
        });
        try (ChaosScope scope = scope(fails(broken).mayMiss())) {
            Gateway gateway = scope.wrap(Gateway.class, new Real());

            assertThatThrownBy(() -> gateway.refund("a")).hasMessage("in the condition");
        }
    }

    @Test
    void nameMustHaveALetter() {
        assertThatThrownBy(() -> Wrapping.named(" "))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the name of a wrapped object must have a letter, but was blank. Use for example "
                        + "\"stripe\".");
    }

    @Test
    void aChangedResultHasTheSameTextInEveryRun() {
        assertThat(ChangedResult.to(new Object())).hasToString("result changed to java.lang.Object");
        assertThat(ChangedResult.to(new int[] {1})).hasToString("result changed to [I");
        assertThat(ChangedResult.to(null)).hasToString("result changed to null");
        assertThat(ChangedResult.to("a@0")).hasToString("result changed to a@0");
    }
}

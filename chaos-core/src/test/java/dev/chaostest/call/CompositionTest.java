// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static dev.chaostest.call.Planned.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositionTest {

    private static final Behavior SLOW = Behaviors.latency(Duration.ofMillis(5));
    private static final Behavior FAILING = Behaviors.alwaysFail(DOWN);

    @Test
    void withStrikesBothAtOneCall() {
        Behavior both = SLOW.with(Behaviors.everyNth(2, Failure.of(DOWN)));

        assertThat(new Planned(both).calls(4)).containsExactly("5ms", "5ms+fail", "5ms", "5ms+fail");
        assertThat(both).hasToString("(delay of 5ms before the effect) with (" + FAILURE + ", every 2 hits)");
    }

    @Test
    void ofTwoThatEndTheCallTheFirstDoes() {
        Planned planned = new Planned(FAILING.with(Failure.of(() -> new IllegalStateException("other"))));

        assertThat(planned.call()).isEqualTo("fail");
        assertThat(planned.tally().overshadowed()).isEqualTo(1);
        assertThat(planned.tally().isMissed()).isFalse();
    }

    @Test
    void partsDrawIndependentlyHoweverDeepTheyAre() {
        Behavior half = Behaviors.intermittent(0.5, DOWN);
        ChangedResult a = ChangedResult.to("a");
        Behavior coin = Behavior.of("coin", () -> occasion -> occasion.draw(1) < 0.5 ? List.of(a) : List.of());
        List<String> calls = new Planned(coin.with(coin.with(coin)).with(half)).calls(2_000);

        assertThat(new HashSet<>(calls))
                .containsExactlyInAnyOrder("", "a", "a+a", "a+a+a", "fail", "a+fail", "a+a+fail", "a+a+a+fail");
        // 2,000 * 1/16 = 125 for all four heads: the standard deviation is 11.
        assertThat(Collections.frequency(calls, "a+a+a+fail")).isBetween(125 - 55, 125 + 55);
    }

    @Test
    void partsDrawIndependentlyBehindTenPhases() {
        Behavior deep = Behaviors.intermittent(0.5, DOWN)
                .with(Behavior.of(
                        "coin", () -> occasion -> occasion.draw() < 0.5 ? List.of(ChangedResult.to("a")) : List.of()));
        for (int phase = 0; phase < 10; phase++) {
            deep = Behaviors.healthy().thenAfter(1, deep);
        }
        Trigger half = Trigger.probability(0.5);
        Planned planned = new Planned(Rule.of(Target.seam("call"), half, deep));
        planned.calls(30);
        List<String> calls = planned.calls(2_000);

        assertThat(new HashSet<>(calls)).containsExactlyInAnyOrder("", "a", "fail", "fail+a");
        // Of 1,000 that the trigger picks, 250: the standard deviation is 15.
        assertThat(Collections.frequency(calls, "fail")).isBetween(250 - 75, 250 + 75);
    }

    @Test
    void thenComesAfterSoManyCallsWhichItDoesNotCount() {
        Behavior then = SLOW.thenAfter(2, Behaviors.nth(2, Failure.of(DOWN)));

        assertThat(new Planned(then).calls(5)).containsExactly("5ms", "5ms", "", "fail", "");
        assertThat(then).hasToString("(delay of 5ms before the effect) for 2 calls, then (" + FAILURE + ", hit 2)");
        assertThat(SLOW.thenAfter(1, FAILING).toString()).contains(" for 1 call, ");
    }

    @Test
    void thenComesAfterASpanAndItsTimeBeginsThere() {
        Behavior then =
                SLOW.thenAfter(Duration.ofSeconds(10), FAILING.thenAfter(Duration.ofSeconds(50), Behaviors.healthy()));
        Planned planned = new Planned(then);

        planned.advance("9999ms");
        assertThat(planned.call()).isEqualTo("5ms");
        planned.advance("1ms");
        assertThat(planned.call()).isEqualTo("fail");
        planned.advance("49999ms");
        assertThat(planned.call()).isEqualTo("fail");
        planned.advance("1ms");
        assertThat(planned.call()).isEmpty();
        assertThat(then.toString()).startsWith("(delay of 5ms before the effect) for 10s, then ((failure ");
    }

    @Test
    void aTriggerStillDecidesWhichCallsMeetABehavior() {
        Planned twice = new Planned(Rule.of(Target.seam("call"), Trigger.first(2), FAILING));
        assertThat(twice.calls(4)).containsExactly("fail", "fail", "", "");
        assertThat(twice.tally().isMissed()).isFalse();

        Planned later = new Planned(Rule.of(Target.seam("call"), Trigger.from(3), SLOW.thenAfter(3, FAILING)));
        assertThat(later.calls(5)).as("calls are counted by the rule").containsExactly("", "", "5ms", "fail", "fail");
    }

    @Test
    void aBehaviorOfOnesOwnHasAStateForEachKey() {
        Behavior growing = Behavior.of("growing", () -> {
            List<Fault> so = new ArrayList<>();
            return occasion -> {
                so.add(ChangedResult.to(occasion.hit().site().name() + occasion.nth()));
                return List.copyOf(so);
            };
        });
        Planned planned = new Planned(Planned.rule(growing).perKey());

        assertThat(planned.call("eu")).isEqualTo("Gateway.charge1");
        assertThat(planned.call("eu")).isEqualTo("Gateway.charge1+Gateway.charge2");
        assertThat(planned.call("us")).isEqualTo("Gateway.charge1");
        assertThat(growing).hasToString("growing");
        assertThat(growing.mustStrike(3)).isEqualTo(1);
        assertThat(List.of(growing.isCounted(), growing.isTimed())).containsExactly(true, true);
    }

    @Test
    void aBehaviorOfOnesOwnMustDoWhatACallCanMeet() {
        Cut cut = new Cut(When.AFTER);
        assertThatThrownBy(() -> new Planned(Behavior.of("cutting", () -> occasion -> List.of(cut))).call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "what behaviour \"cutting\" does must be a Delay, Hang, Failure, ChangedResult or Behavior, "
                                + "but was a Cut: " + cut + ". Use one of those.");
        assertThatThrownBy(() -> new Planned(Behavior.of("nested", () -> occasion -> List.of(SLOW))).call())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("what behaviour \"nested\" does at one call must be a Delay, Hang, Failure or "
                        + "ChangedResult, but was a Behavior: delay of 5ms before the effect. Ask its course for what "
                        + "strikes at this call.");
    }

    @Test
    void badValuesAreRefused() {
        assertThatThrownBy(() -> SLOW.thenAfter(0, FAILING))
                .hasMessage("the number of calls must be 1 or more, but was 0. Calls are counted from 1.");
        assertThatThrownBy(() -> SLOW.thenAfter(Duration.ofSeconds(-1), FAILING))
                .hasMessage("the span must be longer than zero and at most a day, but was PT-1S. Write for example "
                        + "Duration.ofSeconds(5).");
    }
}

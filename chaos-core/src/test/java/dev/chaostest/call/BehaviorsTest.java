// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static dev.chaostest.call.Planned.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Cut;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Rule;
import dev.chaostest.plan.Target;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BehaviorsTest {

    private static final Duration MILLI = Duration.ofMillis(1);

    @Test
    void healthyDoesNothingAndIsNotMissed() {
        Planned planned = new Planned(Behaviors.healthy());

        assertThat(planned.calls(3)).containsOnly("");
        assertThat(planned.tally().reached()).isEqualTo(3);
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(Behaviors.healthy()).hasToString("healthy");
    }

    @Test
    void alwaysFailFailsEachCallWithANewException() {
        Planned planned = new Planned(Behaviors.alwaysFail(DOWN));

        assertThat(planned.calls(3)).containsOnly("fail");
        Failure failure = (Failure) planned.faults("charge", null).get(0);
        assertThat(failure.thrown().get())
                .isNotSameAs(failure.thrown().get())
                .isInstanceOf(IllegalStateException.class);
        assertThat(Behaviors.alwaysFail(DOWN)).hasToString(FAILURE);
    }

    @Test
    void hangHangsEachCallBeforeItsEffect() {
        assertThat(new Planned(Behaviors.hang()).calls(2)).containsOnly("hang");
        assertThat(Behaviors.hang()).hasToString("hang before the effect");
    }

    @Test
    void latencyDelaysEachCall() {
        assertThat(new Planned(Behaviors.latency(Duration.ofMillis(5))).calls(2))
                .containsOnly("5ms");
        assertThat(Behaviors.latency(Duration.ofMillis(5))).hasToString("delay of 5ms before the effect");
    }

    @Test
    void jitterIsTheBaseAndUpToSoMuchMore() {
        Behavior jitter = Behaviors.jitter(Duration.ofMillis(50), Duration.ofMillis(100));

        Delay delay = (Delay) new Planned(jitter).faults("charge", null).get(0);
        assertThat(delay.length()).isEqualTo(Length.uniform(Duration.ofMillis(50), Duration.ofMillis(150)));
        assertThat(delay.length(0)).isEqualTo(Duration.ofMillis(50));
        assertThat(delay.length(0.5)).isEqualTo(Duration.ofMillis(100));
        assertThat(jitter).hasToString("delay of 50ms to 150ms before the effect");
    }

    @Test
    void nthIsForThatCallOnly() {
        Behavior third = Behaviors.nth(3, Failure.of(DOWN));

        assertThat(new Planned(third).calls(5)).containsExactly("", "", "fail", "", "");
        assertThat(third).hasToString(FAILURE + ", hit 3");
    }

    @Test
    void everyNthIsForEachOfThem() {
        Behavior third = Behaviors.everyNth(3, Failure.of(DOWN));

        assertThat(new Planned(third).calls(7)).containsExactly("", "", "fail", "", "", "fail", "");
        assertThat(third).hasToString(FAILURE + ", every 3 hits");
    }

    @Test
    void intermittentTakesTheProbabilityOfFailure() {
        assertThat(new Planned(Behaviors.intermittent(1, DOWN)).calls(20)).containsOnly("fail");
        assertThat(new Planned(Behaviors.intermittent(0, DOWN)).calls(20)).containsOnly("");
        assertThat(Behaviors.intermittent(0.3, DOWN)).hasToString(FAILURE + ", with probability 0.3");
    }

    /** 10,000 draws at 0.3: the standard deviation is 46, so five of them are 230. */
    @Test
    void intermittentFailsAsOftenAsItSays() {
        Planned planned = new Planned(Behaviors.intermittent(0.3, DOWN));

        List<String> calls = planned.calls(10_000);

        assertThat(Collections.frequency(calls, "fail")).isBetween(3_000 - 230, 3_000 + 230);
        Set<String> triples = new HashSet<>();
        for (int i = 0; i + 3 <= calls.size(); i += 3) {
            triples.add(calls.subList(i, i + 3).toString());
        }
        assertThat(triples).as("calls in a row are independent").hasSize(8);
    }

    @Test
    void intermittentDrawsForItselfAndNotWithTheTriggerOfItsRule() {
        Planned planned =
                new Planned(Rule.of(Target.seam("call"), Trigger.probability(0.5), Behaviors.intermittent(0.5, DOWN)));

        assertThat(Collections.frequency(planned.calls(10_000), "fail")).isBetween(2_500 - 220, 2_500 + 220);
    }

    @Test
    void anotherSeedFailsAtOtherCalls() {
        Behavior half = Behaviors.intermittent(0.5, DOWN);

        assertThat(new Planned(1, Planned.rule(half)).calls(50))
                .isEqualTo(new Planned(1, Planned.rule(half)).calls(50))
                .isNotEqualTo(new Planned(2, Planned.rule(half)).calls(50));
    }

    @Test
    void textsAreTheSameForEqualBehaviors() {
        List<Fault> some = List.of(
                Behaviors.intermittent(0.1, DOWN),
                Behaviors.sequence(Behaviors.healthy(), Behaviors.hang()).cycle(),
                Behaviors.rateLimit(20, 10, Duration.ofSeconds(1), after -> DOWN.get()),
                Behaviors.phases(DOWN).healthy(3).failed(2),
                Behaviors.when("it rains", call -> true, Behaviors.hang()).otherwise(Behaviors.healthy()));
        assertThat(some).allSatisfy(fault -> assertThat(fault.toString()).doesNotContain("@", "Lambda"));
    }

    @Test
    void badValuesAreRefused() {
        assertThatThrownBy(() -> Behaviors.intermittent(1.5, DOWN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("probability must be between 0 and 1, but was 1.5. Write 0.1 for one hit in ten.");
        assertThatThrownBy(() -> Behaviors.nth(0, Behaviors.hang()))
                .hasMessage("the first hit must be 1 or more, but was 0. Hits are counted from 1.");
        assertThatThrownBy(() -> Behaviors.everyNth(0, Behaviors.hang()))
                .hasMessage("the interval must be 1 or more, but was 0. Hits are counted from 1.");
        assertThatThrownBy(() -> Behaviors.jitter(MILLI.negated(), MILLI.multipliedBy(2)))
                .hasMessage("delay must run from a shortest to a longest wait, but was from PT-0.001S to PT0.001S. "
                        + "Give the smaller duration first.");
    }

    @Test
    void whatACallCanNotMeetIsRefused() {
        Cut cut = new Cut(When.BEFORE);
        String rest = " must be a Delay, Hang, Failure, ChangedResult or Behavior, but was a Cut: " + cut
                + ". Use one of those.";
        assertThatThrownBy(() -> Behaviors.nth(1, cut))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("what happens sometimes" + rest);
        assertThatThrownBy(() -> Behaviors.sequence(cut).thenRepeatLast()).hasMessage("a step of a sequence" + rest);
        assertThatThrownBy(() -> Behaviors.onAttempt(1).does(cut)).hasMessage("what an attempt does" + rest);
        assertThatThrownBy(() -> Behaviors.hang().with(cut)).hasMessage("what comes along" + rest);
        assertThatThrownBy(() -> Behaviors.hang().thenAfter(1, cut)).hasMessage("what comes then" + rest);
        assertThatThrownBy(() -> Behaviors.hang().thenAfter(MILLI, cut)).hasMessage("what comes then" + rest);
        assertThatThrownBy(() -> Behaviors.phases(DOWN).during(1, cut)).hasMessage("what happens in a phase" + rest);
        assertThatThrownBy(() -> Behaviors.byKey(Map.of("eu", cut), Behaviors.healthy()))
                .hasMessage("what happens to eu" + rest);
        assertThatThrownBy(() -> Behaviors.byKey(Map.of("eu", Behaviors.hang()), cut))
                .hasMessage("what happens otherwise" + rest);
        assertThatThrownBy(() -> Behaviors.when("late", call -> true, cut).otherwise(Behaviors.healthy()))
                .hasMessage("what happens when late" + rest);
    }
}

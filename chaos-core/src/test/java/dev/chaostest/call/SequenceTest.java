// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static dev.chaostest.call.Planned.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.When;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SequenceTest {

    private final Sequence steps = Behaviors.sequence(
            Behaviors.healthy(),
            Failure.of(DOWN),
            Delay.of(Duration.ofSeconds(1)),
            new Hang(When.BEFORE),
            ChangedResult.to("stub"));

    @Test
    void lastStepIsRepeatedWhereSaid() {
        assertThat(new Planned(steps.thenRepeatLast()).calls(7))
                .containsExactly("", "fail", "1s", "hang", "stub", "stub", "stub");
    }

    @Test
    void laterCallsFailWhereSaid() {
        assertThat(new Planned(steps.thenFail(DOWN)).calls(7))
                .containsExactly("", "fail", "1s", "hang", "stub", "fail", "fail");
    }

    @Test
    void laterCallsAreHealthyWhereSaid() {
        assertThat(new Planned(steps.thenHealthy()).calls(7)).containsExactly("", "fail", "1s", "hang", "stub", "", "");
    }

    @Test
    void firstStepFollowsTheLastInACycle() {
        assertThat(new Planned(Behaviors.sequence(Behaviors.healthy(), Failure.of(DOWN))
                                .cycle())
                        .calls(5))
                .containsExactly("", "fail", "", "fail", "");
    }

    @Test
    void eachKeyGoesThroughItByItself() {
        Planned planned = new Planned(Planned.rule(Behaviors.sequence(Failure.of(DOWN), Behaviors.healthy())
                        .thenRepeatLast())
                .perKey());

        assertThat(planned.call("eu")).isEqualTo("fail");
        assertThat(planned.call("us")).isEqualTo("fail");
        assertThat(planned.call("eu")).isEmpty();
        assertThat(planned.call("us")).isEmpty();
    }

    @Test
    void aStepThatIsABehaviorCountsItsOwnCalls() {
        Behavior cycle = Behaviors.sequence(Behaviors.nth(2, Failure.of(DOWN)), Delay.of(Duration.ofMillis(1)))
                .cycle();

        assertThat(new Planned(cycle).calls(6)).containsExactly("", "1ms", "fail", "1ms", "", "1ms");
    }

    @Test
    void itSaysWhatItDoes() {
        assertThat(Behaviors.sequence(Behaviors.healthy(), Failure.of(DOWN)).cycle())
                .hasToString("in sequence [healthy, " + FAILURE + "], over and over");
        assertThat(Behaviors.sequence(Behaviors.healthy()).thenFail(DOWN))
                .hasToString("in sequence [healthy, " + FAILURE + "], then the last again");
    }

    @Test
    void aSequenceOfNothingIsRefused() {
        assertThatThrownBy(() -> Behaviors.sequence().cycle())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a sequence must have a step, but has none. Say at least what happens at the first call.");
    }
}

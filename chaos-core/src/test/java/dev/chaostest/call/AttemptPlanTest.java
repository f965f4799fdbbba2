// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static dev.chaostest.call.Planned.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AttemptPlanTest {

    @Test
    void eachAttemptMeetsWhatIsPlannedForIt() {
        Behavior plan = Behaviors.onAttempt(1)
                .ok()
                .onAttempt(2)
                .fail(DOWN)
                .onAttempt(3)
                .hang()
                .onAttempt(5)
                .delay(Duration.ofMillis(20))
                .onAttempt(6)
                .value("stub")
                .then()
                .does(Behaviors.latency(Duration.ofSeconds(1)).with(Failure.of(DOWN)));

        assertThat(new Planned(plan).calls(8))
                .containsExactly("", "fail", "hang", "", "20ms", "stub", "1s+fail", "1s+fail");
    }

    @Test
    void attemptsMayBePlannedInAnyOrder() {
        Behavior plan =
                Behaviors.onAttempt(3).fail(DOWN).onAttempt(1).hang().then().ok();

        assertThat(new Planned(plan).calls(4)).containsExactly("hang", "", "fail", "");
        assertThat(plan).hasToString("at attempt 1 hang before the effect, at attempt 3 " + FAILURE + ", then healthy");
    }

    @Test
    void eachKeyHasAttemptsOfItsOwn() {
        Planned planned = new Planned(
                Planned.rule(Behaviors.onAttempt(1).fail(DOWN).then().ok()).perKey());

        assertThat(List.of(planned.call("a"), planned.call("a"), planned.call("b"), planned.call("b")))
                .containsExactly("fail", "", "fail", "");
    }

    @Test
    void aKeyThatNeverGotToItsFailureIsMissed() {
        Planned planned = new Planned(
                Planned.rule(Behaviors.onAttempt(2).fail(DOWN).then().ok()).perKey());

        planned.call("a");
        planned.call("a");
        planned.call("b");

        assertThat(planned.tally().isMissed()).isTrue();
        assertThat(planned.tally().lacking()).hasToString("[b]");
    }

    @Test
    void badPlansAreRefused() {
        assertThatThrownBy(() -> Behaviors.onAttempt(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of an attempt must be 1 or more, but was 0. Calls are counted from 1.");
        assertThatThrownBy(() -> Behaviors.onAttempt(2).hang().onAttempt(2))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("each attempt must be planned once, but attempt 2 already has hang before the effect. To "
                        + "have several things at once, use does(a.with(b)).");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static dev.chaostest.call.Planned.DOWN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Length;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhasesTest {

    private static final Length SLOW = Length.uniform(Duration.ofMillis(500), Duration.ofMillis(1500));

    private final Phases outage = Behaviors.phases(DOWN)
            .healthy(Duration.ofSeconds(5))
            .degraded(Duration.ofSeconds(10), SLOW, 0.3)
            .failed(Duration.ofSeconds(5))
            .recovering(Duration.ofSeconds(5));

    /** A call each millisecond. */
    private static List<String> during(Planned planned, int millis) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < millis; i++) {
            all.add(planned.call());
            planned.advance("1ms");
        }
        return all;
    }

    @Test
    void oneComesAfterTheOtherByTheClock() {
        Planned planned = new Planned(outage);

        assertThat(during(planned, 5_000)).containsOnly("");
        List<String> degraded = during(planned, 10_000);
        assertThat(degraded).containsOnly("500ms to 1.5s", "500ms to 1.5s+fail");
        assertThat(Collections.frequency(degraded, "500ms to 1.5s+fail")).isBetween(3_000 - 230, 3_000 + 230);
        assertThat(during(planned, 5_000)).containsOnly("fail");
        List<String> recovering = during(planned, 5_000);
        assertThat(during(planned, 5_000)).containsOnly("");

        // Success grows evenly from 0 to 1: a tenth of the first fifth, half of the third, nine tenths of the last.
        for (int fifth = 0; fifth < 5; fifth++) {
            int ok = Collections.frequency(recovering.subList(fifth * 1_000, (fifth + 1) * 1_000), "");
            assertThat(ok).as("fifth " + fifth).isBetween(100 + 200 * fifth - 80, 100 + 200 * fifth + 80);
        }
    }

    @Test
    void aLongStillnessSkipsWhatNobodySaw() {
        Planned planned = new Planned(outage);

        assertThat(planned.call()).isEmpty();
        planned.advance("16s");
        assertThat(planned.call()).isEqualTo("fail");
        planned.advance("60s");
        assertThat(planned.call()).isEmpty();
    }

    @Test
    void oneComesAfterTheOtherByCalls() {
        Planned planned = new Planned(Behaviors.phases(DOWN)
                .healthy(2)
                .degraded(3, Length.fixed(Duration.ofMillis(5)), 0)
                .failed(2)
                .recovering(100));

        assertThat(planned.calls(2)).containsOnly("");
        assertThat(planned.calls(3)).containsOnly("5ms");
        assertThat(planned.calls(2)).containsOnly("fail");
        List<String> recovering = planned.calls(100);
        assertThat(recovering).startsWith("fail");
        assertThat(Collections.frequency(recovering.subList(0, 50), ""))
                .isLessThan(Collections.frequency(recovering.subList(50, 100), ""));
        assertThat(planned.calls(50)).containsOnly("");
    }

    @Test
    void spansAndCallsMayBeMixed() {
        Planned planned = new Planned(Behaviors.phases(DOWN)
                .healthy(2)
                .failed(Duration.ofSeconds(5))
                .during(1, Behaviors.hang())
                .during(Duration.ofSeconds(1), Behaviors.latency(Duration.ofMillis(1))));

        planned.advance("60s");
        assertThat(planned.calls(2)).containsOnly("");
        planned.advance("60s");
        assertThat(planned.call()).as("the span begins with its first call").isEqualTo("fail");
        planned.advance("4999ms");
        assertThat(planned.call()).isEqualTo("fail");
        planned.advance("1ms");
        assertThat(planned.calls(2)).containsExactly("hang", "1ms");
        planned.advance("1s");
        assertThat(planned.call()).isEmpty();
    }

    @Test
    void eachKeyHasItsOwnCallsInAPhase() {
        Planned planned =
                new Planned(Planned.rule(Behaviors.phases(DOWN).failed(1)).perKey());

        assertThat(List.of(planned.call("eu"), planned.call("eu"), planned.call("us")))
                .containsExactly("fail", "", "fail");
    }

    @Test
    void itSaysWhatItDependsOn() {
        Phases byCalls = Behaviors.phases(DOWN).failed(2);
        assertThat(List.of(outage.isTimed(), outage.isCounted())).containsExactly(true, false);
        assertThat(List.of(byCalls.isTimed(), byCalls.isCounted())).containsExactly(false, true);
        assertThat(Plan.of(new Seed(1), Planned.rule(outage)).unfixed(4))
                .containsExactly("what falls into a span of time");
        assertThat(Plan.of(new Seed(1), Planned.rule(byCalls)).unfixed(4))
                .containsExactly("which lane meets a count over the whole scope, when several lanes run");
    }

    @Test
    void itIsMissedIfItNeverGotToItsFault() {
        Planned planned = new Planned(outage);
        planned.call();
        assertThat(planned.tally().isMissed()).isTrue();
        planned.advance("6s");
        planned.call();
        assertThat(planned.tally().isMissed()).isFalse();
        assertThat(Behaviors.phases(DOWN).healthy(5).canStrike()).isFalse();
    }

    @Test
    void itSaysWhatItDoes() {
        assertThat(outage)
                .hasToString("phases: healthy for 5s, degraded (latency of 500ms to 1.5s, failure with probability "
                        + "0.3) for 10s, failed for 5s, recovering for 5s, then healthy; failing with "
                        + "java.lang.IllegalStateException: down");
        assertThat(Behaviors.phases(DOWN).healthy(1).failed(2).during(3, Behaviors.hang()))
                .hasToString("phases: healthy for 1 call, failed for 2 calls, hang before the effect for 3 calls, then "
                        + "healthy; failing with java.lang.IllegalStateException: down");
    }

    @Test
    void badValuesAreRefused() {
        Phases phases = Behaviors.phases(DOWN);
        String span = "the span of a phase must be longer than zero and at most a day, but was PT0S. Write for example "
                + "Duration.ofSeconds(5).";
        String calls = "the number of calls of a phase must be 1 or more, but was 0. Calls are counted from 1.";
        assertThatThrownBy(() -> phases.healthy(Duration.ZERO)).hasMessage(span);
        assertThatThrownBy(() -> phases.failed(Duration.ZERO)).hasMessage(span);
        assertThatThrownBy(() -> phases.recovering(Duration.ZERO)).hasMessage(span);
        assertThatThrownBy(() -> phases.degraded(Duration.ZERO, SLOW, 0.1)).hasMessage(span);
        assertThatThrownBy(() -> phases.healthy(0)).hasMessage(calls);
        assertThatThrownBy(() -> phases.recovering(0)).hasMessage(calls);
        assertThatThrownBy(() -> phases.degraded(1, SLOW, -0.1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("probability must be between 0 and 1, but was -0.1. Write 0.1 for one hit in ten.");
    }
}

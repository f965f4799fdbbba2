// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DegradingTest {

    private static final Duration BASE = Duration.ofMillis(100);
    private static final Duration CAP = Duration.ofSeconds(30);

    @Test
    void linearGrowthAddsTheSameEachTime() {
        Planned planned = new Planned(Behaviors.degrading(BASE, Growth.linear(0.1), CAP));

        assertThat(planned.calls(6)).containsExactly("100ms", "110ms", "120ms", "130ms", "140ms", "150ms");
    }

    @Test
    void compoundGrowthAddsTheSameShareEachTime() {
        Planned planned = new Planned(Behaviors.degrading(BASE, Growth.compound(0.1), CAP));

        assertThat(planned.calls(6)).containsExactly("100ms", "110ms", "121ms", "133.1ms", "146.41ms", "161.051ms");
    }

    @Test
    void noneIsLongerThanTheCap() {
        assertThat(new Planned(Behaviors.degrading(BASE, Growth.linear(0.5), Duration.ofMillis(220))).calls(5))
                .containsExactly("100ms", "150ms", "200ms", "220ms", "220ms");
        List<String> doubling =
                new Planned(Behaviors.degrading(BASE, Growth.compound(1), Duration.ofSeconds(1))).calls(2_000);
        assertThat(doubling).startsWith("100ms", "200ms", "400ms", "800ms", "1s", "1s");
        assertThat(doubling.get(1_999)).as("beyond what a double holds").isEqualTo("1s");
    }

    @Test
    void eachKeyWearsOutByItself() {
        Planned planned = new Planned(
                Planned.rule(Behaviors.degrading(BASE, Growth.linear(1), CAP)).perKey());

        assertThat(planned.call("eu")).isEqualTo("100ms");
        assertThat(planned.call("eu")).isEqualTo("200ms");
        assertThat(planned.call("us")).isEqualTo("100ms");
        assertThat(planned.call("eu")).isEqualTo("300ms");
    }

    @Test
    void itSaysWhichGrowthItHas() {
        assertThat(Behaviors.degrading(BASE, Growth.linear(0.1), CAP))
                .hasToString("latency of 100ms, growing linearly by 0.1 up to 30s");
        assertThat(Behaviors.degrading(BASE, Growth.compound(0.1), CAP))
                .hasToString("latency of 100ms, growing compound by 0.1 up to 30s");
    }

    @Test
    void badValuesAreRefused() {
        assertThatThrownBy(() -> Growth.linear(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the rate of growth must be more than 0, but was 0.0. Write 0.1 for a tenth more each time.");
        assertThatThrownBy(() -> Growth.compound(Double.NaN))
                .hasMessage(
                        "the rate of growth must be more than 0, but was NaN. Write 0.1 for a tenth more each time.");
        assertThatThrownBy(() -> Behaviors.degrading(Duration.ZERO, Growth.linear(1), CAP))
                .hasMessage("the latency to begin with must be longer than zero and at most a day, but was PT0S. Write "
                        + "for example Duration.ofSeconds(5).");
        assertThatThrownBy(() -> Behaviors.degrading(BASE, Growth.linear(1), Duration.ofDays(2)))
                .hasMessage("the longest latency must be longer than zero and at most a day, but was PT48H. Write for "
                        + "example Duration.ofSeconds(5).");
        assertThatThrownBy(() -> Behaviors.degrading(BASE, Growth.linear(1), Duration.ofMillis(50)))
                .hasMessage("the longest latency must not be shorter than that of the first call, but was PT0.05S with "
                        + "PT0.1S for the first. Give a greater cap.");
    }
}

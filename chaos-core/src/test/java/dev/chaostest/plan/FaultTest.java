// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultTest {

    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofMillis(300);

    @Test
    void cutEndsTheCallAndMustComeBackAsLost() {
        assertThat(new Cut(When.BEFORE).endsTheCall()).isTrue();
        assertThat(new Cut(When.BEFORE).mustComeBack()).contains("connection lost");
        assertThat(new Cut(When.BEFORE)).hasToString("connection lost before the effect (nothing was sent)");
        assertThat(new Cut(When.AFTER)).hasToString("connection lost after the effect (the reply was cut)");
    }

    @Test
    void resetIsACutThatSaysSo() {
        assertThat(Cut.reset(When.BEFORE).isReset()).isTrue();
        assertThat(new Cut(When.BEFORE).isReset()).isFalse();
        assertThat(Cut.reset(When.BEFORE).mustComeBack()).contains("connection lost");
        assertThat(Cut.reset(When.AFTER)).hasToString("connection reset after the effect (the reply was cut)");
    }

    @Test
    void whereThereIsNoEffectTheMomentIsNamed() {
        assertThat(new Cut(When.AFTER).at(Moment.TO_SERVER))
                .isEqualTo(new Cut(When.AFTER, false, Moment.TO_SERVER))
                .hasToString("connection lost after the message went on to the server");
        assertThat(Cut.reset(When.BEFORE).at(Moment.EITHER_WAY))
                .hasToString("connection reset before the message went on");
        assertThat(Delay.of(LONG).at(Moment.TO_CLIENT).halved().orElseThrow())
                .hasToString("delay of 150ms before the message went on to the client");
        assertThat(new Hang(When.AFTER).at(Moment.TO_CLIENT))
                .hasToString("hang after the message went on to the client");
    }

    @Test
    void delayDoesNotEndTheCallAndNothingComesBack() {
        Delay delay = Delay.of(SHORT);

        assertThat(delay.strikes()).isEqualTo(When.BEFORE);
        assertThat(delay.endsTheCall()).isFalse();
        assertThat(delay.mustComeBack()).isEmpty();
        assertThat(delay).hasToString("delay of 100ms before the effect");
        assertThat(new Delay(SHORT, LONG, When.AFTER)).hasToString("delay of 100ms to 300ms after the effect");
    }

    @Test
    void delayIsDrawnUniformlyFromItsRange() {
        Delay delay = new Delay(SHORT, LONG, When.BEFORE);

        assertThat(delay.length(0)).isEqualTo(SHORT);
        assertThat(delay.length(0.5)).isEqualTo(Duration.ofMillis(200));
        assertThat(delay.length(Math.nextDown(1.0))).isBetween(Duration.ofMillis(299), LONG);
        assertThat(Delay.of(SHORT).length(0.7)).isEqualTo(SHORT);
    }

    @ParameterizedTest
    @CsvSource({"PT0.3S, PT0.1S", "PT-1S, PT1S"})
    void delayRunsFromAShortestToALongest(Duration shortest, Duration longest) {
        assertThatThrownBy(() -> new Delay(shortest, longest, When.BEFORE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay must run from a shortest to a longest wait, but was from " + shortest + " to "
                        + longest + ". Give the smaller duration first.");
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT24H0.000000001S"})
    void delayIsPositiveAndAtMostADay(Duration length) {
        assertThatThrownBy(() -> Delay.of(length))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay must be longer than zero and at most a day, but was " + length
                        + ". To inject no delay, remove the fault.");
    }
}

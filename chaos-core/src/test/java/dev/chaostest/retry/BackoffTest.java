// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackoffTest {

    private static final Duration BASE = Duration.ofMillis(100);
    private static final Duration CAP = Duration.ofSeconds(5);
    private static final Backoff DOUBLING = Backoff.exponential(BASE, 2, CAP);

    private static Stream<Long> millis(Backoff backoff, double draw, int retries) {
        Duration[] last = {backoff.base()};
        return IntStream.rangeClosed(1, retries).mapToObj(retry -> {
            last[0] = backoff.delay(retry, last[0], draw);
            return last[0].toMillis();
        });
    }

    @Test
    void fixedIsAlwaysTheSame() {
        assertThat(millis(Backoff.fixed(BASE), 0.7, 4)).containsExactly(100L, 100L, 100L, 100L);
    }

    @Test
    void exponentialGrowsByItsFactorUpToTheCap() {
        assertThat(millis(DOUBLING, 0.7, 8)).containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);
        assertThat(millis(Backoff.exponential(BASE, 3, CAP), 0.7, 4)).containsExactly(100L, 300L, 900L, 2_700L);
    }

    @Test
    void noRetryIsTooLateForTheCap() {
        assertThat(Backoff.exponential(BASE, 1_000, CAP).longest(1_000)).isEqualTo(CAP);
    }

    @Test
    void fullJitterGoesFromNothingToTheWhole() {
        Backoff full = DOUBLING.withJitter(Jitter.FULL);

        assertThat(full).isEqualTo(Backoff.fullJitter(BASE, CAP));
        assertThat(millis(full, 0, 3)).containsExactly(0L, 0L, 0L);
        assertThat(millis(full, 0.5, 3)).containsExactly(50L, 100L, 200L);
    }

    @Test
    void equalJitterGoesFromTheHalfToTheWhole() {
        Backoff equal = DOUBLING.withJitter(Jitter.EQUAL);

        assertThat(millis(equal, 0, 3)).containsExactly(50L, 100L, 200L);
        assertThat(millis(equal, 0.5, 3)).containsExactly(75L, 150L, 300L);
    }

    @Test
    void decorrelatedJitterGoesFromTheBaseToThreeTimesTheLastWait() {
        Backoff decorrelated = DOUBLING.withJitter(Jitter.DECORRELATED);

        assertThat(millis(decorrelated, 0, 3)).containsExactly(100L, 100L, 100L);
        assertThat(millis(decorrelated, 0.5, 3)).containsExactly(200L, 350L, 575L);
        assertThat(IntStream.rangeClosed(1, 5).mapToObj(decorrelated::longest))
                .containsExactly(
                        Duration.ofMillis(300),
                        Duration.ofMillis(900),
                        Duration.ofMillis(2_700),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @EnumSource
    void everyWaitIsBetweenTheShortestAndTheLongest(Jitter jitter) {
        Backoff backoff = DOUBLING.withJitter(jitter);

        for (double draw : new double[] {0, 0.25, 0.999999999}) {
            Duration last = backoff.base();
            for (int retry = 1; retry <= 20; retry++) {
                last = backoff.delay(retry, last, draw);
                assertThat(last).isBetween(backoff.shortest(retry), backoff.longest(retry));
            }
        }
    }

    @Test
    void readsAsASentence() {
        assertThat(Backoff.fixed(BASE)).hasToString("100ms");
        assertThat(DOUBLING.withJitter(Jitter.FULL)).hasToString("100ms x 2.0 up to 5s with full jitter");
    }

    @Test
    void refusesANegativeBase() {
        assertThatThrownBy(() -> Backoff.fixed(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the base of a back-off must not be negative, but was PT-0.001S. Use Duration.ZERO to retry at "
                                + "once.");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9, -2, 1_000.1, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAFactorThatShrinksOrExplodes(double factor) {
        assertThatThrownBy(() -> Backoff.exponential(BASE, factor, CAP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the factor of a back-off must be 1 to 1000, but was " + factor
                        + ". Use 2 to double it each time, 1 to keep it.");
    }

    @Test
    void refusesACapBelowTheBaseOrBeyondADay() {
        assertThatThrownBy(() -> Backoff.exponential(CAP, 2, BASE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the cap of a back-off must be at least its base and at most a day, but was PT0.1S with a base "
                                + "of PT5S. Give the longest wait that a caller can bear.");
        assertThatThrownBy(() -> Backoff.exponential(BASE, 2, Duration.ofDays(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesARetryBeforeTheFirst() {
        assertThatThrownBy(() -> DOUBLING.longest(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("retries must be counted from 1, but it was 0. The first attempt is no retry.");
    }
}

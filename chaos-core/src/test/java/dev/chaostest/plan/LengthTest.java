// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LengthTest {

    private static final int DRAWS = 100_000;
    private static final Length NORMAL = Length.normal(Duration.ofMillis(100), Duration.ofMillis(20));
    private static final Length LOG_NORMAL = Length.logNormal(Duration.ofMillis(20), Duration.ofMillis(500));

    /** Values of the tables of the normal distribution. */
    @ParameterizedTest
    @CsvSource({
        "0.5, 0",
        "0.8413447460685429, 1",
        "0.975, 1.959963984540054",
        "0.99, 2.3263478740408408",
        "0.001, -3.090232306167813",
        "0.9999, 3.719016485455709",
        "0.02, -2.053748910631823"
    })
    void quantilesAreThoseOfTheTables(double share, double deviations) {
        assertThat(Gauss.quantile(share)).isCloseTo(deviations, within(1e-8));
    }

    @Test
    void edgesAreFinite() {
        assertThat(Gauss.quantile(0)).isCloseTo(-5, within(0.01));
        assertThat(Gauss.quantile(Math.nextDown(1.0))).isCloseTo(5, within(0.01));
    }

    static Stream<Length> lengths() {
        return Stream.of(
                Length.fixed(Duration.ofMillis(5)),
                Length.uniform(Duration.ZERO, Duration.ofMillis(100)),
                NORMAL,
                Length.normal(Duration.ofMillis(10), Duration.ofMillis(20)),
                LOG_NORMAL);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void greaterDrawIsNeverShorterAndNoneIsNegativeOrBeyondTheLongest(Length length) {
        Duration last = Duration.ZERO;
        for (int n = 0; n < DRAWS; n++) {
            Duration now = length.at((double) n / DRAWS);
            assertThat(now).isBetween(last, length.longest());
            last = now;
        }
        assertThat(length.at(Math.nextDown(1.0))).isBetween(last, length.longest());
    }

    /** Drawn as a scope draws: by the seed, for one hit after the other. */
    @Test
    void drawsOfASeedHaveTheShape() {
        double[] normal = drawn(NORMAL);
        assertThat(normal[DRAWS / 2]).isCloseTo(100, within(0.5));
        assertThat(normal[(int) (DRAWS * 0.8413)]).isCloseTo(120, within(0.5));
        double[] logNormal = drawn(LOG_NORMAL);
        assertThat(logNormal[DRAWS / 2]).isCloseTo(20, within(0.5));
        assertThat(logNormal[(int) (DRAWS * 0.99)]).isCloseTo(500, within(30.0));
    }

    private static double[] drawn(Length length) {
        Seed seed = new Seed(7);
        Site site = new Site("sql", "COMMIT");
        Lane lane = new Lane("connection-1");
        double[] millis = new double[DRAWS];
        for (int n = 0; n < DRAWS; n++) {
            millis[n] = length.at(seed.draw(1, new Hit(site, lane, n + 1))).toNanos() / 1e6;
        }
        Arrays.sort(millis);
        return millis;
    }

    /** The same in every JVM, or a seed would not replay. */
    @Test
    void lengthsOfADrawArePinned() {
        assertThat(NORMAL.at(0.1)).isEqualTo(Duration.ofNanos(74_368_968));
        assertThat(LOG_NORMAL.at(0.9)).isEqualTo(Duration.ofNanos(117_797_216));
    }

    @Test
    void areWrittenAsTheyAreSaid() {
        assertThat(new Delay(NORMAL, When.BEFORE)).hasToString("delay of 100ms ± 20ms before the effect");
        assertThat(new Delay(LOG_NORMAL, When.AFTER)).hasToString("delay of 20ms (p99 500ms) after the effect");
        assertThat(new Hang(When.BEFORE)).hasToString("hang before the effect");
        assertThat(new Hang(When.AFTER).endsTheCall()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S", "PT1S, PT0S", "PT-1S, PT1S"})
    void normalNeedsAMeanAndADeviation(Duration mean, Duration deviation) {
        assertThatThrownBy(() -> Length.normal(mean, deviation))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay must have a mean and a deviation longer than zero, but had " + mean + " and "
                        + deviation + ". For a fixed wait leave the deviation out.");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, PT1S", "PT2S, PT1S", "PT1S, PT1S"})
    void logNormalNeedsAMedianBelowItsP99(Duration median, Duration p99) {
        assertThatThrownBy(() -> Length.logNormal(median, p99))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("delay must have a median longer than zero and a p99 longer than that, but had " + median
                        + " and " + p99 + ". Swap them, or leave p99 out for a fixed wait.");
    }

    @Test
    void tailsAreAtMostADay() {
        assertThatThrownBy(() -> Length.normal(Duration.ofHours(23), Duration.ofHours(1)))
                .hasMessage("delay must be longer than zero and at most a day, but was PT23H, of which some waits are "
                        + "PT27H. To inject no delay, remove the fault.");
        assertThatThrownBy(() -> Length.logNormal(Duration.ofSeconds(1), Duration.ofHours(20)))
                .hasMessageStartingWith(
                        "delay must be longer than zero and at most a day, but was PT20H, of which some "
                                + "waits are PT");
    }

    @Test
    void halfOfItIsHalfForEachDraw() {
        for (Length length : List.of(
                Length.fixed(Duration.ofMillis(40)),
                Length.uniform(Duration.ofMillis(10), Duration.ofMillis(40)),
                Length.normal(Duration.ofMillis(40), Duration.ofMillis(10)),
                Length.logNormal(Duration.ofMillis(40), Duration.ofMillis(80)))) {
            for (double draw : new double[] {0, 0.2, 0.5, 0.99}) {
                assertThat(length.halved().at(draw).toNanos())
                        .isCloseTo(length.at(draw).toNanos() / 2, within(2L));
            }
        }
    }

    @Test
    void aDelayIsHalvedDownToAMillisecond() {
        assertThat(Delay.of(Duration.ofMillis(2)).halved()).contains(Delay.of(Duration.ofMillis(1)));
        assertThat(Delay.of(Duration.ofMillis(1)).halved()).isEmpty();
        assertThat(new Cut(When.AFTER).halved()).isEmpty();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerTest {

    private static final double NEVER_DRAWN = 0.999;

    /** Which of the first ten hits are struck; each second hit draws 0.05, and hits are a second apart. */
    private static List<Long> struck(Trigger trigger) {
        List<Long> struck = new ArrayList<>();
        for (long n = 1; n <= 10; n++) {
            if (trigger.isDue(new Moment(n, struck.size(), n % 2 == 0 ? 0.05 : NEVER_DRAWN, Duration.ofSeconds(n)))) {
                struck.add(n);
            }
        }
        return struck;
    }

    private record Moment(long nth, long struck, double draw, Duration elapsed) implements Trigger.Occasion {
        @Override
        public double draw(int number) {
            return draw;
        }

        @Override
        public Hit hit() {
            return new Hit(new Site("call", "Gateway.charge"), new Lane("gateway-1"), nth);
        }

        @Override
        public Detail detail() {
            return () -> null;
        }
    }

    @Nested
    class WhenTransient {

        @Test
        void nthStrikesThatHitOnly() {
            assertThat(struck(Trigger.nth(3))).containsExactly(3L);
            assertThat(Trigger.nth(3).mustStrike()).isEqualTo(1);
            assertThat(Trigger.nth(3)).hasToString("hit 3");
        }

        @Test
        void firstStrikesTheFirstHits() {
            assertThat(struck(Trigger.first(2))).containsExactly(1L, 2L);
            assertThat(Trigger.first(2).mustStrike()).isEqualTo(2);
            assertThat(Trigger.first(2)).hasToString("the first 2 hits");
        }

        @Test
        void betweenStrikesFromFirstToLast() {
            assertThat(struck(Trigger.between(4, 6))).containsExactly(4L, 5L, 6L);
            assertThat(Trigger.between(4, 6).mustStrike()).isEqualTo(3);
            assertThat(Trigger.between(4, 6)).hasToString("hits 4 to 6");
        }

        @Test
        void timesEndsAPersistentTrigger() {
            assertThat(struck(Trigger.always().times(2))).containsExactly(1L, 2L);
            assertThat(struck(Trigger.from(4).times(2))).containsExactly(4L, 5L);
            assertThat(struck(Trigger.every(3).times(2))).containsExactly(3L, 6L);
            assertThat(struck(Trigger.probability(0.1).times(1))).containsExactly(2L);
            assertThat(struck(Trigger.during(Duration.ofSeconds(8)).times(2))).containsExactly(1L, 2L);
            assertThat(Trigger.always().times(1)).hasToString("every time, at most 1 time");
            assertThat(Trigger.always().times(2)).hasToString("every time, at most 2 times");
        }

        @Test
        void timesIsALimitAndNotAPromise() {
            assertThat(Trigger.always().times(2).mustStrike()).isEqualTo(1);
            assertThat(Trigger.first(3).times(2).mustStrike()).isEqualTo(2);
            assertThat(Trigger.probability(0.1).times(2).mustStrike()).isZero();
            assertThat(Trigger.probability(1).times(2).mustStrike()).isEqualTo(1);
        }
    }

    @Nested
    class WhenPersistent {

        @Test
        void alwaysStrikesEveryHit() {
            assertThat(struck(Trigger.always())).hasSize(10);
            assertThat(Trigger.always().mustStrike()).isEqualTo(1);
            assertThat(Trigger.always()).hasToString("every time");
        }

        @Test
        void fromStrikesThatHitAndAllLaterOnes() {
            assertThat(struck(Trigger.from(8))).containsExactly(8L, 9L, 10L);
            assertThat(Trigger.from(8).mustStrike()).isEqualTo(1);
            assertThat(Trigger.from(8)).hasToString("hit 8 and all later ones");
        }

        @Test
        void everyStrikesAtItsInterval() {
            assertThat(struck(Trigger.every(4))).containsExactly(4L, 8L);
            assertThat(struck(Trigger.every(1))).hasSize(10);
            assertThat(Trigger.every(4).mustStrike()).isEqualTo(1);
            assertThat(Trigger.every(4)).hasToString("every 4 hits");
        }

        @Test
        void onwardsGoesOnOnceItStruck() {
            assertThat(struck(Trigger.nth(8).onwards())).containsExactly(8L, 9L, 10L);
            assertThat(struck(Trigger.probability(0.1).onwards())).hasSize(9).startsWith(2L);
            assertThat(Trigger.first(3).onwards().mustStrike()).isEqualTo(1);
            assertThat(Trigger.probability(0.1).onwards().mustStrike()).isZero();
            assertThat(Trigger.nth(8).onwards()).hasToString("hit 8, and every time from then on");
        }

        @Test
        void onwardsAndTimesCanBeCombined() {
            assertThat(struck(Trigger.nth(5).onwards().times(2))).containsExactly(5L, 6L);
            assertThat(struck(Trigger.nth(5).times(1).onwards())).hasSize(6);
        }

        @Test
        void duringStrikesUntilTheSpanIsOver() {
            assertThat(struck(Trigger.during(Duration.ofSeconds(3)))).containsExactly(1L, 2L);
            assertThat(Trigger.during(Duration.ofSeconds(3)).mustStrike()).isEqualTo(1);
            assertThat(Trigger.during(Duration.ofMillis(1500))).hasToString("for 1.5s");
        }

        @Test
        void probabilityStrikesBelowItsDraw() {
            assertThat(struck(Trigger.probability(0.1))).containsExactly(2L, 4L, 6L, 8L, 10L);
            assertThat(struck(Trigger.probability(0.05))).isEmpty();
            assertThat(struck(Trigger.probability(1))).hasSize(10);
            assertThat(Trigger.probability(0.1)).hasToString("with probability 0.1");
        }

        @Test
        void probabilityNeedNotStrikeUnlessItIsCertain() {
            assertThat(Trigger.probability(0.999).mustStrike()).isZero();
            assertThat(Trigger.probability(1).mustStrike()).isEqualTo(1);
        }

        @Test
        void probabilityZeroNeverStrikesAndCanNot() {
            Trigger never = Trigger.probability(0);

            assertThat(never.isDue(new Moment(1, 0, 0.0, Duration.ZERO))).isFalse();
            assertThat(never.canStrike()).isFalse();
            assertThat(never.times(2).canStrike()).isFalse();
            assertThat(never.onwards().canStrike()).isFalse();
            assertThat(Trigger.probability(0.1).canStrike()).isTrue();
        }
    }

    @Nested
    class WhenAskedWhatTheSeedFixes {

        @Test
        void drawsAndEveryHitAreNotCounted() {
            assertThat(Trigger.always().isCounted()).isFalse();
            assertThat(Trigger.probability(0.1).isCounted()).isFalse();
            assertThat(Trigger.during(Duration.ofSeconds(1)).isCounted()).isFalse();
        }

        @Test
        void numbersOfHitsAndStrikesAreCounted() {
            assertThat(List.of(
                            Trigger.nth(1),
                            Trigger.first(2),
                            Trigger.from(3),
                            Trigger.every(2),
                            Trigger.probability(0.1).times(1),
                            Trigger.probability(0.1).onwards()))
                    .allMatch(Trigger::isCounted);
        }

        @Test
        void spansAreTimedWhateverIsAroundThem() {
            Trigger span = Trigger.during(Duration.ofSeconds(1));

            assertThat(List.of(span, span.times(2), span.onwards())).allMatch(Trigger::isTimed);
            assertThat(List.of(
                            Trigger.always(),
                            Trigger.nth(1).times(1),
                            Trigger.every(2).onwards()))
                    .noneMatch(Trigger::isTimed);
        }
    }

    @Nested
    class WhenGivenABadValue {

        @Test
        void hitsMustCountFromOne() {
            String rest = " must be 1 or more, but was 0. Hits are counted from 1.";
            assertThatThrownBy(() -> Trigger.nth(0)).hasMessage("the first hit" + rest);
            assertThatThrownBy(() -> Trigger.between(0, 2)).hasMessage("the first hit" + rest);
            assertThatThrownBy(() -> Trigger.from(0)).hasMessage("the first hit" + rest);
            assertThatThrownBy(() -> Trigger.every(0)).hasMessage("the interval" + rest);
            assertThatThrownBy(() -> Trigger.always().times(0)).hasMessage("the number of times" + rest);
        }

        @Test
        void theLastHitMustNotComeBeforeTheFirst() {
            assertThatThrownBy(() -> Trigger.between(3, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the last hit must not come before the first, but they were 2 and 3. "
                            + "Give the smaller number first.");
        }

        @Test
        void theFirstHitsMustBeAtLeastOne() {
            assertThatThrownBy(() -> Trigger.first(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the number of hits must be 1 or more, but was 0. Hits are counted from 1.");
        }

        @ParameterizedTest
        @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
        void aProbabilityMustBeOne(double p) {
            assertThatThrownBy(() -> Trigger.probability(p))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "probability must be between 0 and 1, but was " + p + ". Write 0.1 for one hit in ten.");
        }

        @ParameterizedTest
        @ValueSource(strings = {"PT0S", "PT-1S"})
        void aSpanMustBePositive(String span) {
            assertThatThrownBy(() -> Trigger.during(Duration.parse(span)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the span must be positive, but was " + span
                            + ". Write for example Duration.ofSeconds(2).");
        }
    }
}

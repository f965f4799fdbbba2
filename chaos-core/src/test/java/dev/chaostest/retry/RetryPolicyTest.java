// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chaostest.plan.Seed;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryPolicyTest {

    private static final RetryPolicy FIFTEEN = RetryPolicy.on(Flaky.REFUSED)
            .withAttempts(15)
            .withBackoff(Backoff.fullJitter(Duration.ofMillis(100), Duration.ofSeconds(5)));

    @Test
    void hasDefaultsThatEnd() {
        RetryPolicy policy = RetryPolicy.on(Flaky.REFUSED);

        assertThat(policy.attemptsMax()).isEqualTo(3);
        assertThat(policy.backoff()).isEqualTo(Backoff.fullJitter(Duration.ofMillis(100), Duration.ofSeconds(5)));
        assertThat(policy.deadline()).isEmpty();
        assertThat(policy.budget()).isEmpty();
    }

    @Test
    void fullJitterOfFifteenAttemptsWaitsAtWorst46Point3Seconds() {
        assertThat(FIFTEEN.worstCaseDelay()).isEqualTo(Duration.ofMillis(46_300));
    }

    @Test
    void fullJitterOfFifteenAttemptsWaitsHalfOfThatOnAverage() {
        double mean = LongStream.range(0, 1_000)
                .map(RetryPolicyTest::totalMillis)
                .average()
                .orElseThrow();

        // A call's total deviates by 4.1 s, so the mean of 1000 by 0.13 s; the seeds are fixed, so it never moves.
        assertThat(mean).isCloseTo(23_150, within(500.0));
    }

    private static long totalMillis(long seed) {
        LeapingTime time = new LeapingTime();
        assertThatThrownBy(
                        () -> Retry.of("request", FIFTEEN, new Seed(seed), time).call(Flaky.refused(15)))
                .isInstanceOf(RetriesExhaustedException.class);
        assertThat(time.waits()).hasSize(14);
        return Duration.ofNanos(time.nanos()).toMillis();
    }

    @Test
    void waitsAtWorstNoLongerThanTheDeadline() {
        assertThat(FIFTEEN.withDeadline(Duration.ofSeconds(20)).worstCaseDelay())
                .isEqualTo(Duration.ofSeconds(20));
        assertThat(FIFTEEN.withDeadline(Duration.ofSeconds(60)).worstCaseDelay())
                .isEqualTo(Duration.ofMillis(46_300));
    }

    @Test
    void oneAttemptWaitsForNothing() {
        assertThat(FIFTEEN.withAttempts(1).worstCaseDelay()).isZero();
    }

    @Test
    void readsAsASentence() {
        assertThat(FIFTEEN.withDeadline(Duration.ofSeconds(20)).withBudget(new RetryBudget(0.1, 10)))
                .hasToString(
                        "15 attempts, back-off 100ms x 2.0 up to 5s with full jitter, within 20s, retries at most 10% "
                                + "of the calls plus 10 a second");
        assertThat(RetryPolicy.on(Flaky.REFUSED).withAttempts(1).withBackoff(Backoff.fixed(Duration.ZERO)))
                .hasToString("1 attempt, back-off 0us");
    }

    @Test
    void isNotBuiltWithoutAClassifier() {
        assertThatThrownBy(() -> RetryPolicy.on(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(
                        "a retry policy must have a classifier, but had none. Say what is worth another attempt, for "
                                + "example Classifier.of(\"refused\", ConnectException.class).");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1_001})
    void refusesANumberOfAttemptsThatIsNone(int attempts) {
        assertThatThrownBy(() -> FIFTEEN.withAttempts(attempts))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the number of attempts must be 1 to 1000, but was " + attempts
                        + ". The first attempt counts; 1 never retries.");
    }

    @Test
    void refusesADeadlineThatIsNone() {
        assertThatThrownBy(() -> FIFTEEN.withDeadline(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the deadline of a retry must be longer than zero and at most a day, but was PT0S. Leave it out "
                                + "for none.");
        assertThatThrownBy(() -> FIFTEEN.withDeadline(Duration.ofDays(2))).isInstanceOf(IllegalArgumentException.class);
    }
}

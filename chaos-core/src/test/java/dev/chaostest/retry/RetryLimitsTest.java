// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chaostest.plan.Seed;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RetryLimitsTest {

    private static final RetryPolicy FIXED =
            RetryPolicy.on(Flaky.REFUSED).withAttempts(15).withBackoff(Backoff.fixed(Duration.ofMillis(100)));

    private static RetriesExhaustedException exhausted(Retry retry, Flaky flaky) {
        return catchThrowableOfType(RetriesExhaustedException.class, () -> retry.call(flaky));
    }

    private static Retry charge(RetryPolicy policy, LeapingTime time) {
        return Retry.of("charge", policy, new Seed(77), time);
    }

    @Nested
    class WhenAttemptsRunOut {

        @Test
        void thereWereExactlyAsManyAsAllowed() {
            LeapingTime time = new LeapingTime();
            Retry retry = charge(FIXED, time);
            Flaky flaky = Flaky.refused(100);

            RetriesExhaustedException end = exhausted(retry, flaky);

            assertThat(flaky.calls()).isEqualTo(15);
            assertThat(time.waits()).hasSize(14);
            assertThat(end.attempts()).isEqualTo(15);
            assertThat(end.limit()).isEqualTo(RetryEvent.Next.ATTEMPTS);
            assertThat(retry.stats().attempts()).isEqualTo(15);
            assertThat(retry.stats().exhausted()).isEqualTo(1);
            assertThat(retry.stats().budgetRefused()).isZero();
        }

        @Test
        void theLastFailureIsTheCauseAndAllAreSuppressed() {
            ConnectException first = new ConnectException("first");
            ConnectException second = new ConnectException("second");

            RetriesExhaustedException end =
                    exhausted(charge(FIXED.withAttempts(2), new LeapingTime()), new Flaky(first, second));

            assertThat(end)
                    .hasMessage("Retry \"charge\" must succeed within 2 attempts, but none did; the last failure was "
                            + "java.net.ConnectException: second. Mend what fails, or allow more attempts. The failures of "
                            + "all attempts are suppressed in this exception.")
                    .hasCause(second);
            assertThat(end.getSuppressed()).containsExactly(first, second);
        }

        @Test
        void anExceptionThatIsThrownTwiceIsThereTwice() {
            ConnectException same = new ConnectException("refused");

            RetriesExhaustedException end =
                    exhausted(charge(FIXED.withAttempts(2), new LeapingTime()), new Flaky(same, same));

            assertThat(end.getSuppressed()).containsExactly(same, same);
            assertThat(same.getSuppressed()).isEmpty();
        }

        @Test
        void oneAttemptIsARetryThatNeverRetries() {
            LeapingTime time = new LeapingTime();

            RetriesExhaustedException end = exhausted(charge(FIXED.withAttempts(1), time), Flaky.refused(1));

            assertThat(end).hasMessageStartingWith("Retry \"charge\" must succeed within 1 attempt, but none did;");
            assertThat(time.waits()).isEmpty();
        }
    }

    @Nested
    class WhenTheDeadlineComes {

        @Test
        void aBackOffThatWouldPassItIsNotWaitedFor() {
            LeapingTime time = new LeapingTime();
            Retry retry = charge(FIXED.withDeadline(Duration.ofMillis(250)), time);
            Flaky flaky = Flaky.refused(100);

            RetriesExhaustedException end = exhausted(retry, flaky);

            assertThat(end)
                    .hasMessage(
                            "Retry \"charge\" must succeed within 250ms, but attempt 4 could not begin before 300ms; the "
                                    + "last failure was java.net.ConnectException: refused 3. Mend what fails, or allow more time. "
                                    + "The failures of all attempts are suppressed in this exception.");
            assertThat(end.limit()).isEqualTo(RetryEvent.Next.DEADLINE);
            assertThat(flaky.calls()).isEqualTo(3);
            assertThat(Duration.ofNanos(time.nanos())).isEqualTo(Duration.ofMillis(200));
            assertThat(retry.stats().exhausted()).isEqualTo(1);
        }

        @Test
        void whatAttemptsTakeCounts() {
            LeapingTime time = new LeapingTime();
            Retry retry = charge(FIXED.withDeadline(Duration.ofSeconds(1)), time);
            Flaky flaky = Flaky.refused(100);

            assertThatThrownBy(() -> retry.run(() -> {
                        time.pass(Duration.ofMillis(600));
                        flaky.call();
                    }))
                    .hasMessageStartingWith(
                            "Retry \"charge\" must succeed within 1s, but attempt 3 could not begin before "
                                    + "1.4s; ");
            assertThat(flaky.calls()).isEqualTo(2);
        }

        @Test
        void aTimerThatComesTooLateBeginsNoAttempt() {
            LeapingTime busy = new LeapingTime(Duration.ofSeconds(3));
            Retry retry = charge(FIXED.withDeadline(Duration.ofSeconds(1)), busy);
            Flaky flaky = Flaky.refused(100);

            RetriesExhaustedException end = exhausted(retry, flaky);

            assertThat(end).hasMessageContaining("but attempt 2 could not begin before 3.1s; ");
            assertThat(flaky.calls()).isEqualTo(1);
            assertThat(retry.stats().exhausted()).isEqualTo(1);
        }

        @Test
        void noAttemptBeginsExactlyThen() {
            Flaky flaky = Flaky.refused(100);

            exhausted(charge(FIXED.withDeadline(Duration.ofMillis(200)), new LeapingTime()), flaky);

            assertThat(flaky.calls()).isEqualTo(2);
        }
    }

    @Nested
    class WhenTheBudgetIsSpent {

        private final LeapingTime time = new LeapingTime();
        private final RetryPolicy atOnce =
                FIXED.withBackoff(Backoff.fixed(Duration.ZERO)).withAttempts(3);

        @Test
        void callsEndAtTheirFirstFailure() {
            Retry retry = charge(atOnce.withBudget(new RetryBudget(0.1, 0)), time);

            RetriesExhaustedException end = exhausted(retry, Flaky.refused(3));

            assertThat(end)
                    .hasMessage(
                            "Retry \"charge\" must keep its retries within 10% of the calls plus 0 a second, but that "
                                    + "was spent before attempt 2; the last failure was java.net.ConnectException: refused 1. Mend "
                                    + "what fails, or allow more retries. The failures of all attempts are suppressed in this "
                                    + "exception.");
            assertThat(end.limit()).isEqualTo(RetryEvent.Next.BUDGET);
            assertThat(retry.stats().exhausted()).isEqualTo(1);
            assertThat(retry.stats().budgetRefused()).isEqualTo(1);
        }

        @Test
        void anOutageIsAmplifiedByTheRatioOnly() {
            Retry retry = charge(atOnce.withBudget(new RetryBudget(0.1, 0)), time);

            for (int i = 0; i < 1_000; i++) {
                exhausted(retry, Flaky.refused(3));
            }

            assertThat(retry.stats().attempts()).isEqualTo(1_100);
        }

        @Test
        void withoutItTheOutageIsAmplifiedByEachRetry() {
            Retry retry = charge(atOnce, time);

            for (int i = 0; i < 1_000; i++) {
                exhausted(retry, Flaky.refused(3));
            }

            assertThat(retry.stats().amplification()).isEqualTo(3);
        }

        @Test
        void eachSecondAllowsSomeInAnyCase() {
            Retry retry = charge(atOnce.withBudget(new RetryBudget(0, 2)), time);

            assertThat(exhausted(retry, Flaky.refused(3)).attempts()).isEqualTo(3);
            assertThat(exhausted(retry, Flaky.refused(3)).attempts()).isEqualTo(1);
            time.pass(Duration.ofMillis(500));
            assertThat(exhausted(retry, Flaky.refused(3)).attempts()).isEqualTo(2);
        }

        @Test
        void savingsAreBounded() throws Exception {
            Retry retry = charge(atOnce.withBudget(new RetryBudget(1, 0)), time);
            for (int i = 0; i < 1_000; i++) {
                retry.call(new Flaky());
            }

            for (int i = 0; i < 100; i++) {
                exhausted(retry, Flaky.refused(3));
            }

            // 10 saved, and one that each of the hundred calls puts in.
            assertThat(retry.stats().attempts()).isEqualTo(1_000 + 100 + 109);
        }

        @Test
        void refusesABudgetThatAllowsNothingOrNonsense() {
            assertThatThrownBy(() -> new RetryBudget(0, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "a retry budget must allow 0 to 100 retries for each call and 0 to 1000000 for each second, "
                                    + "and not 0 of both, but was 0.0 and 0.0. Write 0.1 and 10 for one retry in ten calls, and ten "
                                    + "a second in any case.");
            assertThatThrownBy(() -> new RetryBudget(-0.1, 1)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new RetryBudget(Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

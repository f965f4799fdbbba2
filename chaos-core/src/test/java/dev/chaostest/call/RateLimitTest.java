// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.Fault;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RateLimitTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Duration retryAfter;

        TooMany(Duration retryAfter) {
            this.retryAfter = retryAfter;
        }
    }

    private static String later(String after) {
        return "rate limit exceeded, retry after " + after;
    }

    private static Duration retryAfter(Planned planned) {
        List<Fault> faults = planned.faults("charge", null);
        return faults.isEmpty()
                ? Duration.ZERO
                : ((TooMany) ((Failure) faults.get(0)).thrown().get()).retryAfter;
    }

    @Nested
    class ATokenBucket {

        private final Behavior tenPerSecondBurstTwenty = Behaviors.rateLimit(20, 10, SECOND, TooMany::new);
        private final Planned planned = new Planned(tenPerSecondBurstTwenty);

        @Test
        void letsTheBurstThroughAndThenAsManyAsComeBack() {
            assertThat(planned.calls(20)).containsOnly("");
            assertThat(planned.calls(2)).containsOnly(later("100ms"));
            planned.advance("99ms");
            assertThat(planned.call()).isEqualTo(later("1ms"));
            planned.advance("1ms");
            assertThat(planned.call()).isEmpty();
            assertThat(planned.call()).isEqualTo(later("100ms"));
        }

        @Test
        void refillsEvenlyUpToItsCapacity() {
            planned.calls(20);
            planned.advance("550ms");
            assertThat(planned.calls(6)).containsExactly("", "", "", "", "", later("50ms"));
            planned.advance("60s");
            assertThat(Collections.frequency(planned.calls(30), "")).isEqualTo(20);
        }

        @Test
        void tellsTheExceptionWhenToComeAgainAndThatIsTrue() {
            planned.calls(20);
            Duration wait = retryAfter(planned);
            assertThat(wait).isEqualTo(Duration.ofMillis(100));
            planned.time.advance(wait.minusNanos(1));
            assertThat(retryAfter(planned)).isEqualTo(Duration.ofNanos(1));
            planned.time.advance(Duration.ofNanos(1));
            assertThat(retryAfter(planned)).isEqualTo(Duration.ZERO);
        }

        @Test
        void losesNothingWhereATokenIsNoWholeNumberOfNanoseconds() {
            Planned thirds = new Planned(Behaviors.rateLimit(1, 3, SECOND, TooMany::new));
            int through = 0;
            for (int i = 0; i < 30_000; i++) {
                through += thirds.call().isEmpty() ? 1 : 0;
                thirds.time.advance(Duration.ofNanos(1_000_001)); // 30 s in all
            }
            assertThat(through).isBetween(90, 91);
        }

        @Test
        void holdsItsRateUnderAnEndlessStream() {
            int through = 0;
            for (int ms = 0; ms < 60_000; ms += 10) {
                through += planned.call().isEmpty() ? 1 : 0;
                planned.advance("10ms");
            }
            assertThat(through).as("the burst, and 10 per second for a minute").isBetween(619, 620);
        }

        @Test
        void takesTheLargestValuesWithoutOverflow() {
            Planned large = new Planned(Behaviors.rateLimit(100_000, 100_000, Duration.ofDays(1), TooMany::new));
            for (int i = 0; i < 100_000; i++) {
                large.faults("charge", null);
            }
            assertThat(retryAfter(large)).isEqualTo(Duration.ofMillis(864));
            large.advance(Duration.ofDays(365));
            assertThat(retryAfter(large)).isEqualTo(Duration.ZERO);
        }

        @Test
        void countsForEachKey() {
            Planned each = new Planned(Planned.rule(Behaviors.rateLimit(1, 1, SECOND, TooMany::new))
                    .perKey());

            assertThat(each.call("eu")).isEmpty();
            assertThat(each.call("us")).isEmpty();
            assertThat(each.call("eu")).isEqualTo(later("1s"));
            assertThat(each.call("us")).isEqualTo(later("1s"));
        }

        @Test
        void saysWhatItIs() {
            assertThat(tenPerSecondBurstTwenty).hasToString("rate limit of 20 calls at once, refilled by 10 per 1s");
        }

        @Test
        void isMissedIfNothingEverExceededIt() {
            planned.calls(20);
            assertThat(planned.tally().isMissed()).isTrue();
            planned.call();
            assertThat(planned.tally().isMissed()).isFalse();
        }
    }

    @Nested
    class AWindow {

        private final Planned planned = new Planned(Behaviors.windowLimit(10, SECOND, TooMany::new));

        @Test
        void letsSoManyThroughAndTheRestComesAfterItsEnd() {
            planned.advance("5s");
            assertThat(planned.calls(10)).containsOnly("");
            assertThat(planned.call()).isEqualTo(later("1s"));
            planned.advance("400ms");
            assertThat(planned.call()).isEqualTo(later("600ms"));
            planned.advance("600ms");
            assertThat(planned.calls(11)).endsWith("", later("1s"));
        }

        @Test
        void opensWithItsFirstCall() {
            planned.calls(1);
            planned.advance("2500ms");
            planned.calls(10);
            planned.advance("999ms");
            assertThat(planned.call()).isEqualTo(later("1ms"));
        }

        @Test
        void saysWhatItIs() {
            assertThat(Behaviors.windowLimit(10, SECOND, TooMany::new)).hasToString("rate limit of 10 calls per 1s");
            assertThat(Behaviors.windowLimit(1, SECOND, TooMany::new)).hasToString("rate limit of 1 call per 1s");
        }
    }

    @Test
    void badValuesAreRefused() {
        assertThatThrownBy(() -> Behaviors.rateLimit(0, 1, SECOND, TooMany::new))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the capacity of a rate limit must be between 1 and 100000, but was 0. For no calls at all "
                        + "use alwaysFail.");
        assertThatThrownBy(() -> Behaviors.rateLimit(1, 100_001, SECOND, TooMany::new))
                .hasMessage("the refill of a rate limit must be between 1 and 100000, but was 100001. For no calls at "
                        + "all use alwaysFail.");
        assertThatThrownBy(() -> Behaviors.windowLimit(0, SECOND, TooMany::new))
                .hasMessage("the number of calls of a rate limit must be between 1 and 100000, but was 0. For no calls "
                        + "at all use alwaysFail.");
        assertThatThrownBy(() -> Behaviors.windowLimit(1, Duration.ZERO, TooMany::new))
                .hasMessage("the window of a rate limit must be longer than zero and at most a day, but was PT0S. "
                        + "Write for example Duration.ofSeconds(5).");
    }
}

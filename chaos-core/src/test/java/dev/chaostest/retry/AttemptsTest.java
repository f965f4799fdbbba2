// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.work.Workers;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AttemptsTest {

    private final LeapingTime time = new LeapingTime();
    private final Attempts attempts = Attempts.of("charge", time);

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    /** One attempt of 5 ms, then one more after each gap. */
    private void attemptsWithGaps(long... gaps) {
        attempt();
        for (long gap : gaps) {
            time.pass(ms(gap));
            attempt();
        }
    }

    private void attempt() {
        attempts.runnable(() -> time.pass(ms(5))).run();
    }

    private static void isRed(ThrowingCallable check, String message) {
        assertThatThrownBy(check).isInstanceOf(AssertionError.class).hasMessage(message);
    }

    @Nested
    class WhenItWatches {

        @Test
        void resultsAndFailuresGoThroughAsTheyAre() throws Exception {
            ConnectException refused = new ConnectException("refused");
            Flaky flaky = new Flaky(refused);

            assertThatThrownBy(attempts.callable(flaky)::call).isSameAs(refused).hasNoSuppressedExceptions();
            assertThat(attempts.callable(flaky).call()).isEqualTo("done");
            assertThat(attempts.supplier(() -> "supplied").get()).isEqualTo("supplied");
            Error error = new AssertionError("wrong");
            assertThatThrownBy(() -> attempts.supplier(() -> {
                                throw error;
                            })
                            .get())
                    .isSameAs(error);

            assertThat(attempts.all())
                    .extracting(Attempt::how)
                    .containsExactly(
                            "java.net.ConnectException: refused",
                            "success",
                            "success",
                            "java.lang.AssertionError: wrong");
        }

        @Test
        void aStageIsWatchedUntilItCompletes() {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Supplier<CompletionStage<String>> watched = attempts.stage(() -> stage);

            assertThat(watched.get()).isSameAs(stage);
            assertThat(attempts.all()).hasToString("[attempt 1: at 0us, still running]");
            time.pass(ms(7));
            stage.completeExceptionally(new ConnectException("refused"));

            assertThat(attempts.all()).hasToString("[attempt 1: at 0us, took 7ms, java.net.ConnectException: refused]");
        }

        @Test
        void aStageThatIsNeverMadeIsAnAttempt() {
            Supplier<CompletionStage<String>> watched = attempts.stage(() -> {
                throw new IllegalStateException("no stage");
            });

            assertThatThrownBy(watched::get).hasMessage("no stage");
            attempts.requireCount(1);
        }

        @Test
        void attemptsThatOthersSawAreCounted() {
            attempts.record("POST /charge");
            time.pass(ms(100));
            attempts.record("POST /charge");

            attempts.requireCount(2).requireGaps(ms(100), ms(100));
        }

        @Test
        void aLedgerShowsAttempts() {
            Ledger ledger = new Ledger(time::nanos);
            ledger.noted("charge");
            time.pass(ms(200));
            ledger.noted("something else");
            ledger.noted("charge");

            Attempts seen =
                    Attempts.from("charge", ledger, entry -> entry.toString().endsWith("noted: charge"));

            seen.requireCount(2).requireGaps(ms(200), ms(200));
            assertThat(seen)
                    .hasToString("\n  attempt 1: at 0us, took 0us, #1 +0us noted: charge"
                            + "\n  attempt 2: at 200ms, took 0us, #3 +200ms noted: charge");
        }

        @Test
        void manyThreadsAreCounted() throws InterruptedException {
            Workers.of(8).run(worker -> {
                for (int i = 0; i < 2_000; i++) {
                    attempts.record("call");
                }
            });

            attempts.requireCount(16_000);
            assertThat(attempts.all()).hasSize(10_000);
            isRedStartingWith(
                    () -> attempts.requireGaps(ms(0), ms(1)),
                    "Attempts of \"charge\" must be at most 10000 for this check, but were 16000. Watch fewer calls with one "
                            + "observer.");
        }
    }

    private static void isRedStartingWith(ThrowingCallable check, String message) {
        assertThatThrownBy(check).isInstanceOf(AssertionError.class).hasMessageStartingWith(message);
    }

    @Nested
    class WhenItChecksTheNumber {

        @Test
        void theRightOneIsGreen() {
            attemptsWithGaps(10, 10);

            attempts.requireCount(3).requireCount(2, 4);
            Attempts.of("nothing", time).requireCount(0);
        }

        @Test
        void tooManyAreRed() {
            attemptsWithGaps(10, 20);

            isRed(() -> attempts.requireCount(2), """
                    Attempts of "charge" must be 2, but were 3. Check the retry's limit, and whether another retry above it \
                    multiplies it.
                      attempt 1: at 0us, took 5ms, success
                      attempt 2: at 15ms, took 5ms, success
                      attempt 3: at 40ms, took 5ms, success""");
        }

        @Test
        void tooFewAreRed() {
            isRed(
                    () -> attempts.requireCount(2, 3),
                    "Attempts of \"charge\" must be 2 to 3, but were 0. Check that the retry takes the failure for one that "
                            + "is worth another attempt.");
        }

        @Test
        void theListIsBounded() {
            attemptsWithGaps(new long[29]);

            assertThatThrownBy(() -> attempts.requireCount(2))
                    .hasMessageContaining("attempt 20:")
                    .hasMessageEndingWith("\n  and 10 more");
        }

        @Test
        void aRangeThatIsNoneIsRefused() {
            assertThatThrownBy(() -> attempts.requireCount(3, 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "the number of attempts must be 0 or more, the least first, but was 3 to 2. Correct the "
                                    + "check.");
        }
    }

    @Nested
    class WhenItChecksGaps {

        @Test
        void gapsWithinTheBoundsAreGreen() {
            attemptsWithGaps(100, 200, 400);

            attempts.requireGaps(ms(100), ms(400)).requireGrowingGaps();
        }

        @Test
        void aGapThatIsTooShortIsRed() {
            attemptsWithGaps(100, 0);

            isRed(() -> attempts.requireGaps(ms(50), ms(400)), """
                    Attempts of "charge" must begin 50ms to 400ms after the one before ended, but attempt 3 began 0us after. \
                    Check the retry's back-off.
                      attempt 1: at 0us, took 5ms, success
                      attempt 2: at 105ms, took 5ms, success
                      attempt 3: at 110ms, took 5ms, success""");
        }

        @Test
        void aGapThatIsTooLongIsRed() {
            attemptsWithGaps(100, 500);

            isRedStartingWith(
                    () -> attempts.requireGaps(ms(50), ms(400)),
                    "Attempts of \"charge\" must begin 50ms to 400ms after the one before ended, but attempt 3 began 500ms "
                            + "after.");
        }

        @Test
        void gapsThatDontGrowAreRed() {
            attemptsWithGaps(100, 200, 200);

            isRedStartingWith(
                    attempts::requireGrowingGaps,
                    "Attempts of \"charge\" must begin later and later after the one before ended, but attempt 4 began 200ms "
                            + "after, attempt 3 200ms. Check that the retry's back-off grows; jitter and a cap end the "
                            + "growth.\n  attempt 1");
        }

        @Test
        void aBackOffIsCheckedRetryByRetry() {
            attemptsWithGaps(100, 210, 400);
            Backoff doubling = Backoff.exponential(ms(100), 2, ms(5_000));

            attempts.requireBackoff(doubling, ms(10));
            isRedStartingWith(
                    () -> attempts.requireBackoff(doubling, ms(9)),
                    "Attempts of \"charge\" must begin 200ms to 209ms after the one before ended, but attempt 3 began 210ms "
                            + "after.");
            isRedStartingWith(
                    () -> attempts.requireBackoff(Backoff.exponential(ms(100), 3, ms(5_000)), ms(10)),
                    "Attempts of \"charge\" must begin 300ms to 310ms after the one before ended, but attempt 3 began 210ms "
                            + "after.");
        }

        @Test
        void attemptsThatOverlapAreRed() {
            attempts.runnable(this::attemptInside).run();

            isRedStartingWith(
                    () -> attempts.requireGaps(ms(0), ms(400)),
                    "Attempts of \"charge\" must come one after another, but attempt 2 began before attempt 1 ended. Watch "
                            + "each call with an observer of its own.\n  attempt 1");
        }

        private void attemptInside() {
            attempt();
        }

        @Test
        void tooFewAttemptsAreRedSinceTheyShowNothing() {
            attemptsWithGaps();

            isRedStartingWith(
                    () -> attempts.requireGaps(ms(0), ms(400)),
                    "Attempts of \"charge\" must be at least 2 for this check, but were 1. Make the first ones fail, or leave "
                            + "the check out.\n  attempt 1");
            isRedStartingWith(
                    attempts::requireGrowingGaps,
                    "Attempts of \"charge\" must be at least 3 for this check, but were 1.");
        }

        @Test
        void boundsThatAreNoneAreRefused() {
            assertThatThrownBy(() -> attempts.requireGaps(ms(2), ms(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "gaps must run from a shortest to a longest, but were to be from PT0.002S to PT0.001S. Give "
                                    + "the shorter duration first.");
            assertThatThrownBy(() -> attempts.requireBackoff(Backoff.fixed(ms(1)), ms(-1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("slack must not be negative, but was PT-0.001S. Use Duration.ZERO with virtual time.");
        }
    }

    @Nested
    class WhenItChecksTheTotal {

        @Test
        void itGoesFromTheFirstBeginningToTheLastEnd() {
            time.pass(ms(1_000));
            attemptsWithGaps(100, 200);

            attempts.requireTotal(ms(315));
            isRedStartingWith(
                    () -> attempts.requireTotal(ms(314)),
                    "Attempts of \"charge\" must end within 314ms, but took 315ms. Give the retry a deadline, or fewer "
                            + "attempts.\n  attempt 1: at 1s");
        }

        @Test
        void anAttemptThatStillRunsIsRed() {
            assertThat(attempts.stage(CompletableFuture::new).get()).isNotDone();

            isRed(
                    () -> attempts.requireTotal(ms(1)),
                    "Attempts of \"charge\" must have ended, but attempt 1 still runs. Check after the call has "
                            + "returned.\n  attempt 1: at 0us, still running");
        }

        @Test
        void noAttemptIsRed() {
            isRed(
                    () -> attempts.requireTotal(ms(1)),
                    "Attempts of \"charge\" must be at least 1 for this check, but were 0. Make the first ones fail, or leave "
                            + "the check out.");
        }
    }

    @Nested
    class WhenItChecksAmplification {

        @Test
        void itIsAttemptsForEachCall() {
            attemptsWithGaps(1, 1);

            attempts.requireAmplification(3, 1.5);
            isRedStartingWith(
                    () -> attempts.requireAmplification(2, 1.5),
                    "Attempts of \"charge\" must be less than 1.5 for each call, but were 3 for 2 calls (1.50). Bound the "
                            + "retries of all calls together, with a budget.\n  attempt 1");
        }

        @Test
        void noAttemptIsRed() {
            isRedStartingWith(
                    () -> attempts.requireAmplification(2, 1.5),
                    "Attempts of \"charge\" must be at least 1 for this check, but were 0. ");
        }

        @Test
        void aBoundThatIsNoneIsRefused() {
            assertThatThrownBy(() -> attempts.requireAmplification(0, 1.5))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "amplification must be checked for 1 call or more and against more than 1, but was for 0 and "
                                    + "1.5. Count the calls above the retry.");
            assertThatThrownBy(() -> attempts.requireAmplification(1, 1)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}

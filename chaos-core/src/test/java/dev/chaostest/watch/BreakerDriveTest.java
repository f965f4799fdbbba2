// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.time.VirtualTime;
import dev.chaostest.watch.BreakerDrive.State;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class BreakerDriveTest {

    private static final Duration OPEN_FOR = Duration.ofSeconds(60);

    private final VirtualTime time = new VirtualTime();

    /** What can be wrong with a breaker. */
    private enum Flaw {
        BEGINS_OPEN,
        REFUSES_WHILE_CLOSED,
        NEVER_OPENS,
        LETS_CALLS_THROUGH_WHILE_OPEN,
        HALF_OPENS_EARLY,
        NEVER_HALF_OPENS,
        SKIPS_HALF_OPEN,
        STAYS_HALF_OPEN_WHEN_A_TRIAL_FAILS,
        CLOSES_WHEN_A_TRIAL_FAILS,
        NEVER_CLOSES,
        REFUSES_WHEN_CLOSED_AGAIN
    }

    /** A small breaker: opens after three failures, closes after two successes. */
    private final class Small {
        private final Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
        private State state = State.CLOSED;
        private int failures;
        private int successes;
        private int openings;
        private long openedAt;

        Small(Flaw... some) {
            flaws.addAll(Set.of(some));
            if (flaws.contains(Flaw.BEGINS_OPEN)) {
                open();
            }
        }

        void call(Callable<Boolean> target) throws Exception {
            if (!isAllowed()) {
                throw new IllegalStateException("refused");
            }
            try {
                target.call();
                succeeded();
            } catch (IOException e) {
                failed();
                throw e;
            }
        }

        private boolean isAllowed() {
            if (state == State.CLOSED) {
                return !flaws.contains(Flaw.REFUSES_WHILE_CLOSED)
                        && !(flaws.contains(Flaw.REFUSES_WHEN_CLOSED_AGAIN) && openings > 0);
            }
            long openFor = OPEN_FOR.toNanos() - (flaws.contains(Flaw.HALF_OPENS_EARLY) ? 1_000_000_000L : 0);
            if (state == State.OPEN && time.nanos() - openedAt >= openFor && !flaws.contains(Flaw.NEVER_HALF_OPENS)) {
                state = flaws.contains(Flaw.SKIPS_HALF_OPEN) ? State.CLOSED : State.HALF_OPEN;
                successes = 0;
            }
            return state != State.OPEN || flaws.contains(Flaw.LETS_CALLS_THROUGH_WHILE_OPEN);
        }

        private void succeeded() {
            if (state == State.HALF_OPEN && ++successes == 2 && !flaws.contains(Flaw.NEVER_CLOSES)) {
                state = State.CLOSED;
            }
        }

        private void failed() {
            if (state == State.HALF_OPEN && flaws.contains(Flaw.CLOSES_WHEN_A_TRIAL_FAILS)) {
                state = State.CLOSED;
                failures = 0;
                return;
            }
            failures++;
            boolean trial = state == State.HALF_OPEN && !flaws.contains(Flaw.STAYS_HALF_OPEN_WHEN_A_TRIAL_FAILS);
            if ((trial || (state == State.CLOSED && failures >= 3)) && !flaws.contains(Flaw.NEVER_OPENS)) {
                open();
            }
        }

        private void open() {
            state = State.OPEN;
            openings++;
            openedAt = time.nanos();
        }
    }

    private BreakerDrive drive(Flaw... flaws) {
        Small breaker = new Small(flaws);
        return BreakerDrive.of("payments", () -> breaker.state, breaker::call).callsMax(20);
    }

    @Test
    void aBreakerIsTakenThroughItsWholeLife() {
        assertThat(drive().run(time)).isEqualTo(new BreakerDrive.Driven(3, 2));
        assertThat(time.nanos())
                .isEqualTo(OPEN_FOR.plusMillis(1).multipliedBy(2).toNanos());
    }

    @Test
    void oneThatClosesWhenATrialFailsIsRedThoughItOpensLater() {
        assertRed(
                Flaw.CLOSES_WHEN_A_TRIAL_FAILS,
                "open again after failing trial calls, but was CLOSED after 1 of them. Check that a failing trial call "
                        + "opens it.");
    }

    private void assertRed(Flaw flaw, String message) {
        assertThatThrownBy(() -> drive(flaw).run(time))
                .as(flaw.name())
                .isInstanceOf(WatchError.class)
                .hasMessage("Breaker \"payments\" must " + message);
    }

    @Test
    void oneThatNeverOpensIsRed() {
        assertRed(
                Flaw.NEVER_OPENS,
                "open after failing calls, but was CLOSED after 20 of them. Check that it counts these failures.");
    }

    @Test
    void oneThatIsOpenAndRefusesNothingIsRed() {
        assertRed(
                Flaw.LETS_CALLS_THROUGH_WHILE_OPEN,
                "refuse calls as soon as it is OPEN, but did not and is OPEN. Check its wait duration, and that it goes by "
                        + "this time.");
    }

    @Test
    void oneThatHalfOpensTooEarlyIsRed() {
        assertRed(
                Flaw.HALF_OPENS_EARLY,
                "refuse calls 1ms before it has been OPEN for PT1M, but did not and is HALF_OPEN. Check its wait duration, "
                        + "and that it goes by this time.");
    }

    @Test
    void oneThatNeverHalfOpensIsRed() {
        assertRed(
                Flaw.NEVER_HALF_OPENS,
                "let a trial call through while it is HALF_OPEN, once it has been OPEN for PT1M, but refused it. Check its "
                        + "wait duration, and that it goes by this time.");
    }

    @Test
    void oneThatClosesWithoutATrialIsRed() {
        assertRed(
                Flaw.SKIPS_HALF_OPEN,
                "let a trial call through while it is HALF_OPEN, once it has been OPEN for PT1M, but was CLOSED then. Check "
                        + "which states it goes through.");
    }

    @Test
    void oneThatDoesNotMindAFailingTrialIsRed() {
        assertRed(
                Flaw.STAYS_HALF_OPEN_WHEN_A_TRIAL_FAILS,
                "open again after failing trial calls, but was HALF_OPEN after 20 of them. Check that a failing trial call "
                        + "opens it.");
    }

    @Test
    void oneThatNeverClosesIsRed() {
        assertRed(
                Flaw.NEVER_CLOSES,
                "close after successful trial calls, but was HALF_OPEN after 20 of them. Check that trial calls are "
                        + "counted.");
    }

    @Test
    void oneThatIsWrongWhileClosedIsRed() {
        assertRed(Flaw.BEGINS_OPEN, "be CLOSED before it is driven, but did not and is OPEN. Reset it first.");
        assertRed(
                Flaw.REFUSES_WHILE_CLOSED,
                "let a call through while it is CLOSED, but did not and is CLOSED. Check what it counted before.");
        assertRed(
                Flaw.REFUSES_WHEN_CLOSED_AGAIN,
                "let a call through when it is CLOSED again, but did not and is CLOSED. Check what it counted before.");
    }

    @Test
    void aFailureThatTheBreakerDoesNotCountShowsThatItDoesNot() {
        assertThatThrownBy(() -> drive().failingWith(() -> new IllegalArgumentException("the caller's own mistake"))
                        .run(time))
                .isInstanceOf(WatchError.class)
                .hasMessageContaining("Check that it counts these failures.");
    }

    @Test
    void theTimeItIsOpenForMustBeWorthAnInstant() {
        assertThatThrownBy(() -> drive().openFor(Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "The time that \"payments\" is open must be more than 1ms, but was PT0.001S. Drive it with the "
                                + "wait duration it is configured with.");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FlapTest {

    private final Theatre theatre = new Theatre();
    private final Thing bank = new Thing("bank");
    private final Flap twice = Schedule.flap(bank)
            .down(Duration.ofSeconds(5))
            .up(Duration.ofSeconds(30))
            .times(2);

    @Test
    void goesDownAndComesBackAgainAndAgain() throws InterruptedException {
        try (RunningSchedule flap = theatre.start(twice)) {
            theatre.play(flap);
            flap.await(Theatre.DEADLINE);

            assertThat(flap.steps())
                    .containsExactly(
                            "flap bank: down 1 of 2",
                            "flap bank: up 1 of 2",
                            "flap bank: down 2 of 2",
                            "flap bank: up 2 of 2");
        }
        assertThat(bank.seen).containsExactly("down", "up", "down", "up");
        assertThat(theatre.ledger())
                .containsExactly(
                        "0.00 flap bank: down 1 of 2",
                        "5.00 flap bank: up 1 of 2",
                        "35.00 flap bank: down 2 of 2",
                        "40.00 flap bank: up 2 of 2");
    }

    @Test
    void goesOnUntilClosedByDefault() {
        RunningSchedule flap = theatre.start(Schedule.flap(bank));
        theatre.play(flap, Duration.ofMinutes(10));
        assertThat(flap.isThrough()).isFalse();
        assertThat(flap.steps()).contains("flap bank: down 17", "flap bank: up 17");

        flap.close();
        assertThat(flap.isThrough()).isTrue();
        assertThat(bank.up).isTrue();
    }

    @Test
    void isClosedHalfWayAndThingIsUp() {
        RunningSchedule flap = theatre.start(twice);
        theatre.play(flap, Duration.ofSeconds(2));
        assertThat(bank.up).isFalse();

        flap.close();
        assertThat(bank.up).isTrue();
        assertThat(bank.seen).containsExactly("down", "up");
    }

    @Test
    void thingThatIsSlowIsWaitedFor() throws InterruptedException {
        RunningSchedule flap = theatre.start(twice);
        theatre.play(flap, Duration.ofSeconds(4));
        bank.slowProbes.set(20);
        theatre.play(flap);
        flap.await(Theatre.DEADLINE);
        flap.close();

        assertThat(theatre.ledger()).contains("6.00 flap bank: up 1 of 2", "36.00 flap bank: down 2 of 2");
    }

    @Test
    void thingThatDoesNotComeBackIsRed() {
        bank.neverBack = true;
        RunningSchedule flap = theatre.start(twice);
        theatre.play(flap);

        assertThatThrownBy(() -> flap.await(Theatre.DEADLINE))
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"flap bank\" must bring bank back, but it was not up after 5s (up 1 of 2). Look at "
                                + "why it does not start again; if it needs longer, give the victim a longer within.");
        assertThatCode(flap::close).doesNotThrowAnyException(); // it was said once
        assertThat(theatre.ledger()).last().asString().startsWith("10.00 flap bank: failed: ");
    }

    @Test
    void thingThatDoesNotComeBackAfterClosingIsRed() {
        Victim never = Victim.of(
                "bank",
                () -> {
                    bank.down();
                    return () -> {};
                },
                bank::isUp,
                Duration.ofMillis(30));
        RunningSchedule flap = theatre.start(Schedule.flap(never));
        theatre.play(flap, Duration.ofSeconds(1));

        assertThatThrownBy(flap::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"flap bank\" must bring bank back, but it was not up after 30ms (closing). Look at "
                                + "why it does not start again; if it needs longer, give the victim a longer within.");
    }

    @Test
    void downWithoutEffectIsRed() {
        bank.withoutEffect = true;
        RunningSchedule flap = theatre.start(twice);
        theatre.play(flap);

        assertThatThrownBy(flap::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"flap bank\" must take bank down, but it was still up after 5s (down 1 of 2). Check "
                                + "that down() reaches it, and that its isUp asks the thing itself.");
        assertThat(bank.seen).containsExactly("down", "up");
    }

    @Test
    void thingThatIsDownAlreadyIsRed() {
        bank.probeBroken = true;
        RunningSchedule flap = theatre.start(twice);
        theatre.play(flap);

        assertThatThrownBy(flap::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"flap bank\" must find bank up before it takes it down, but it was not (down 1 of "
                                + "2). Start it before the schedule, and check that its isUp asks the thing itself.")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(bank.seen).isEmpty();
    }

    @Test
    void downThatFailsIsRed() {
        IOException gone = new IOException("gone");
        Victim broken = Victim.of(
                "bank",
                () -> {
                    throw gone;
                },
                () -> true);
        RunningSchedule flap = theatre.start(Schedule.flap(broken));
        theatre.play(flap);

        assertThatThrownBy(flap::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage("Schedule \"flap bank\" must do its steps, but one failed after none: java.io.IOException: "
                        + "gone. It ended there and undid what it had done; see the cause.")
                .hasCause(gone);
    }

    @Test
    void downThatGivesNothingToCloseIsRed() {
        RunningSchedule flap = theatre.start(Schedule.flap(Victim.of("bank", () -> null, () -> true)));
        theatre.play(flap);

        assertThatThrownBy(flap::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"flap bank\" must be handed what ends bank, but got null. Return what was opened.");
    }

    @Test
    void endThatFailsIsRed() {
        Victim stuck = Victim.of(
                "bank",
                () -> {
                    AutoCloseable end = bank.down();
                    return () -> {
                        end.close();
                        throw new IOException("late");
                    };
                },
                bank::isUp);
        RunningSchedule flap = theatre.start(Schedule.flap(stuck));
        theatre.play(flap, Duration.ofSeconds(1));

        assertThatThrownBy(flap::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Schedule \"flap bank\" must undo what it did, but ending bank failed: java.io.IOException: "
                                + "late. It may still be there; see the cause.");
    }

    @Test
    void badNumbersAreRefused() {
        refused(
                () -> twice.times(0),
                "times must be at least 1, but was 0. To go on until the schedule is closed, leave " + "it out.");
        refused(
                () -> twice.down(Duration.ofSeconds(-1)),
                "down must be longer than zero and at most a day, but was "
                        + "PT-1S. Write for example Duration.ofSeconds(5).");
        refused(
                () -> twice.up(Duration.ZERO),
                "up must be longer than zero and at most a day, but was 0us. Write for "
                        + "example Duration.ofSeconds(5).");
        refused(
                () -> twice.up(Duration.ofDays(2)),
                "up must be longer than zero and at most a day, but was PT48H. Write "
                        + "for example Duration.ofSeconds(5).");
        refused(
                () -> Schedule.flap(new Thing(" ")),
                "a victim must have a name, but it was blank. Use for example " + "\"bank\".");
        refused(
                () -> Victim.of("x", () -> null, () -> true, Duration.ZERO),
                "within must be longer than zero and at most "
                        + "a day, but was 0us. Write for example Duration.ofSeconds(5).");
    }

    private static void refused(Runnable act, String message) {
        assertThatThrownBy(act::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}

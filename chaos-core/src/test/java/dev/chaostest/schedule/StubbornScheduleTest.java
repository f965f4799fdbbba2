// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Schedules that seem to have done something, and victims that break whoever asks. */
@Timeout(120)
class StubbornScheduleTest {

    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private final Theatre theatre = new Theatre();

    /** Up, until it was taken down; who asks then gets an error that is no answer. */
    private static final class Linkless implements Victim {
        private volatile boolean touched;
        private final boolean breaksWhenDown;
        private volatile boolean down;

        Linkless(boolean breaksWhenDown) {
            this.breaksWhenDown = breaksWhenDown;
        }

        @Override
        public String name() {
            return "bank";
        }

        @Override
        public AutoCloseable down() {
            down = true;
            touched = true;
            return () -> down = false;
        }

        @Override
        public boolean isUp() {
            if (touched && down == breaksWhenDown) {
                throw new NoClassDefFoundError("com/example/Ping");
            }
            return !down;
        }
    }

    @Test
    void errorOfWhoIsAskedInTheEndIsNotLost() {
        RunningSchedule running = theatre.start(Schedule.after(Duration.ZERO, new Linkless(false)));
        theatre.play(running);

        assertThatThrownBy(running::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Schedule \"bank until closed\" must undo what it did and see that it is so, but could not: "
                                + "java.lang.NoClassDefFoundError: com/example/Ping. See the cause.")
                .hasCauseInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void errorOfWhoIsAskedInTheMiddleUndoesAll() {
        Linkless bank = new Linkless(true);
        RunningSchedule running = theatre.start(Schedule.after(Duration.ZERO, bank));
        theatre.play(running);

        assertThatThrownBy(running::close)
                .isInstanceOf(ChaosException.class)
                .hasRootCauseInstanceOf(NoClassDefFoundError.class);
        assertThat(bank.down).isFalse();
    }

    @Test
    void victimThatMayTakeForEverIsRefused() {
        Victim slow = new Victim() {
            @Override
            public String name() {
                return "bank";
            }

            @Override
            public AutoCloseable down() {
                return () -> {};
            }

            @Override
            public boolean isUp() {
                return true;
            }

            @Override
            public Duration within() {
                return FOR_EVER;
            }
        };

        assertThatThrownBy(() -> Schedule.flap(slow))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("within must be longer than zero and at most a day, but was " + FOR_EVER
                        + ". Write for example Duration.ofSeconds(5).");
    }

    @Test
    void levelWithoutANameIsRefused() {
        Level nameless = new Level() {
            @Override
            public String name() {
                return " ";
            }

            @Override
            public AutoCloseable at(double level) {
                return () -> {};
            }
        };
        String message = "a level must have a name, but it was blank. Use for example \"latency\".";

        assertThatThrownBy(() -> Schedule.ramp(nameless, 0, 1)).hasMessage(message);
        assertThatThrownBy(() -> Schedule.wave(nameless, 0, 1)).hasMessage(message);
    }

    @Test
    void rampThatNeverLeftNothingHasNotActed() {
        Level latency = Level.of("latency", ms -> () -> {});
        RunningSchedule ramp = theatre.start(Schedule.ramp(latency, 0, 500));
        assertThat(theatre.isWaiting(ramp)).isTrue();
        assertThat(ramp.steps()).containsExactly("ramp latency: 0, step 1 of 10");

        assertThatThrownBy(ramp::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage("Every schedule must act before it is closed, but \"ramp latency\" did nothing. "
                        + "Wait for it with await(...), or let it begin earlier.");
    }

    @Test
    void groupOfWhichNobodyIsUpIsRed() {
        List<Thing> group = List.of(new Thing("a"), new Thing("b"));
        group.forEach(thing -> thing.probeBroken = true);
        RunningSchedule running = theatre.start(
                Schedule.randomKill("providers", group).probability(1).times(3));
        theatre.play(running);

        assertThatThrownBy(running::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage("Schedule \"randomKill providers\" must find members that are up, but of 2 there was none, "
                        + "and it had killed none. Start them before the schedule, and check that their isUp asks the "
                        + "thing itself.")
                .hasRootCauseMessage("no route");
    }

    @Test
    void waitsAsLongAsThereIsTime() throws Exception {
        Thing bank = new Thing("bank");
        RunningSchedule running = theatre.start(Schedule.during(Duration.ofSeconds(1), bank));
        theatre.play(running);

        running.await(FOR_EVER);
        running.close();

        assertThat(bank.seen).containsExactly("down", "up");
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chaostest.plan.ChaosException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Ramps and waves. */
class LevelTest {

    private final Theatre theatre = new Theatre();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Double> open = new CopyOnWriteArrayList<>();
    private final Level latency = Level.of("latency", this::slow);

    private AutoCloseable slow(double ms) {
        events.add("open " + ms);
        open.add(ms);
        return () -> {
            events.add("close " + ms);
            open.remove(ms);
        };
    }

    @Test
    void rampGoesStepByStepWithoutAGapAndEnds() throws InterruptedException {
        try (RunningSchedule ramp = theatre.start(
                Schedule.ramp(latency, 0, 300).over(Duration.ofSeconds(60)).steps(4))) {
            theatre.play(ramp);
            ramp.await(Theatre.DEADLINE);
        }
        assertThat(theatre.ledger())
                .containsExactly(
                        "0.00 ramp latency: 0, step 1 of 4",
                        "15.00 ramp latency: 100, step 2 of 4",
                        "30.00 ramp latency: 200, step 3 of 4",
                        "45.00 ramp latency: 300, step 4 of 4",
                        "60.00 ramp latency: ends");
        assertThat(events)
                .containsExactly("open 100.0", "open 200.0", "close 100.0", "open 300.0", "close 200.0", "close 300.0");
    }

    @Test
    void rampHoldsItsLastStrengthWhereToldTo() throws InterruptedException {
        RunningSchedule ramp =
                theatre.start(Schedule.ramp(latency, 500, 1).steps(2).andHold());
        theatre.play(ramp);
        ramp.await(Theatre.DEADLINE);
        assertThat(open).containsExactly(1.0);

        ramp.close();
        assertThat(open).isEmpty();
    }

    @Test
    void rampDownToNothingEndsTheFault() {
        RunningSchedule ramp =
                theatre.start(Schedule.ramp(latency, 0.5, 0).steps(3).andHold());
        theatre.play(ramp);
        assertThat(open).isEmpty();
        ramp.close();

        assertThat(ramp.steps())
                .containsExactly(
                        "ramp latency: 0.5, step 1 of 3",
                        "ramp latency: 0.25, step 2 of 3",
                        "ramp latency: 0, step 3 of 3");
    }

    @Test
    void rampIsClosedHalfWay() {
        RunningSchedule ramp = theatre.start(Schedule.ramp(latency, 100, 300));
        theatre.play(ramp, Duration.ofSeconds(5));
        assertThat(open).hasSize(1);

        ramp.close();
        assertThat(open).isEmpty();
    }

    @Test
    void squareWaveIsLowThenHigh() {
        RunningSchedule wave = theatre.start(Schedule.wave(latency, 10, 50)
                .square()
                .period(Duration.ofSeconds(20))
                .times(2));
        theatre.play(wave);
        wave.close();

        assertThat(theatre.ledger())
                .containsExactly(
                        "0.00 wave latency: 10, period 1 of 2",
                        "10.00 wave latency: 50, period 1 of 2",
                        "20.00 wave latency: 10, period 2 of 2",
                        "30.00 wave latency: 50, period 2 of 2",
                        "40.00 wave latency: ends");
        assertThat(open).isEmpty();
    }

    @Test
    void sineGoesUpAndDown() {
        RunningSchedule wave =
                theatre.start(Schedule.wave(latency, 0, 100).square().sine().period(Duration.ofSeconds(16)));
        theatre.play(wave, Duration.ofSeconds(16));
        wave.close();

        assertThat(wave.steps())
                .startsWith(
                        "wave latency: 0, period 1",
                        "wave latency: 3.806, period 1",
                        "wave latency: 14.645, period 1",
                        "wave latency: 30.866, period 1",
                        "wave latency: 50, period 1")
                .contains("wave latency: 100, period 1")
                .endsWith("wave latency: 3.806, period 1", "wave latency: 0, period 2");
        assertThat(open).isEmpty();
    }

    @Test
    void levelWithoutEffectIsRed() {
        Level idle = new Level() {
            @Override
            public String name() {
                return "latency";
            }

            @Override
            public AutoCloseable at(double level) {
                return slow(level);
            }

            @Override
            public boolean isAt(double level) {
                return level < 200;
            }
        };
        RunningSchedule ramp = theatre.start(Schedule.ramp(idle, 0, 300).steps(4));
        theatre.play(ramp);

        assertThatThrownBy(ramp::close)
                .isInstanceOf(ScheduleError.class)
                .hasMessage(
                        "Schedule \"ramp latency\" must have an effect, but latency was not seen at 200. Check that the "
                                + "fault reaches what isAt looks at.");
        assertThat(open).isEmpty();
    }

    @Test
    void levelThatFailsIsRedAndTheOneBeforeIsUndone() {
        Level limited = Level.of("latency", ms -> {
            if (ms > 100) {
                throw new IllegalArgumentException("too much");
            }
            return slow(ms);
        });
        RunningSchedule ramp = theatre.start(Schedule.ramp(limited, 0, 300).steps(4));
        theatre.play(ramp);

        assertThatThrownBy(ramp::close)
                .isInstanceOf(ChaosException.class)
                .hasMessage(
                        "Schedule \"ramp latency\" must do its steps, but one failed after \"ramp latency: 100, step 2 "
                                + "of 4\": java.lang.IllegalArgumentException: too much. It ended there and undid what it had "
                                + "done; see the cause.");
        assertThat(open).isEmpty();
    }

    @Test
    void badNumbersAreRefused() {
        refused(
                () -> Schedule.ramp(latency, -1, 5),
                "a ramp must lead from one strength to another, neither negative, but "
                        + "was from -1.0 to 5.0. For one strength use Schedule.during(...).");
        refused(
                () -> Schedule.ramp(latency, 5, 5),
                "a ramp must lead from one strength to another, neither negative, but "
                        + "was from 5.0 to 5.0. For one strength use Schedule.during(...).");
        refused(
                () -> Schedule.ramp(latency, 0, 5).steps(1),
                "a ramp must have at least 2 steps, but was to have 1. For "
                        + "one strength use Schedule.during(...).");
        refused(
                () -> Schedule.ramp(latency, 0, 5).over(Duration.ZERO),
                "over must be longer than zero and at most a day, "
                        + "but was 0us. Write for example Duration.ofSeconds(5).");
        refused(
                () -> Schedule.wave(latency, 5, 1),
                "a wave must go from a low strength, not negative, to a higher one, "
                        + "but was from 5.0 to 1.0. Give the smaller number first.");
        refused(
                () -> Schedule.wave(latency, 1, 5).period(Duration.ofSeconds(-5)),
                "a period must be longer than zero and "
                        + "at most a day, but was PT-5S. Write for example Duration.ofSeconds(5).");
        refused(
                () -> Schedule.wave(latency, 1, 5).times(0),
                "times must be at least 1, but was 0. To go on until the " + "schedule is closed, leave it out.");
        refused(
                () -> Level.of("", ms -> () -> {}),
                "a level must have a name, but it was blank. Use for example " + "\"latency\".");
    }

    private static void refused(Runnable act, String message) {
        assertThatThrownBy(act::run)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }
}

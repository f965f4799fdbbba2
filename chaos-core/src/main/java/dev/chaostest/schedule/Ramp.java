// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;

/**
 * Leads a fault from one strength to another in a straight line; see {@link Schedule#ramp}.
 *
 * <p>The first step has the first strength, the last step the last one; all take equally long.
 *
 * <pre>{@code
 * scope.run(Schedule.ramp(latency, 0, 500).over(Duration.ofMinutes(1)).steps(10).andHold());
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Ramp extends Schedule {

    private static final Duration SPAN = Duration.ofSeconds(10);
    private static final int STEPS = 10;
    private static final int STEPS_MIN = 2;

    private final Level level;
    private final double from;
    private final double to;
    private final Duration span;
    private final int steps;
    private final boolean holds;

    private Ramp(Level level, double from, double to, Duration span, int steps, boolean holds) {
        this.level = level;
        this.from = from;
        this.to = to;
        this.span = span;
        this.steps = steps;
        this.holds = holds;
    }

    static Ramp of(Level level, double from, double to) {
        Checks.requireNamed(level);
        if (!(from >= 0 && to >= 0 && Double.isFinite(from) && Double.isFinite(to)) || from == to) {
            throw new IllegalArgumentException(
                    "a ramp must lead from one strength to another, neither negative, but was " + "from " + from
                            + " to " + to + ". For one strength use Schedule.during(...).");
        }
        return new Ramp(level, from, to, SPAN, STEPS, false);
    }

    /** As this, over so long a time. */
    public Ramp over(Duration time) {
        return new Ramp(level, from, to, Checks.requireSpan("over", time), steps, holds);
    }

    /** As this, in so many steps, at least 2. */
    public Ramp steps(int number) {
        if (number < STEPS_MIN) {
            throw new IllegalArgumentException("a ramp must have at least 2 steps, but was to have " + number
                    + ". For one strength use Schedule.during(...).");
        }
        return new Ramp(level, from, to, span, number, holds);
    }

    /** As this, but the last strength stays until the schedule is closed. */
    public Ramp andHold() {
        return new Ramp(level, from, to, span, steps, true);
    }

    @Override
    void begin(Stage stage) {
        Dial dial = stage.dial(stage.part(toString()), level);
        stage.start(() -> step(stage, dial, 1));
    }

    private void step(Stage stage, Dial dial, int n) throws Exception {
        dial.turn(from + (to - from) * (n - 1) / (steps - 1), "step " + n + " of " + steps);
        Duration each = span.dividedBy(steps);
        if (n < steps) {
            stage.in(each, () -> step(stage, dial, n + 1));
        } else if (!holds) {
            stage.in(each, dial::off);
        }
    }

    @Override
    boolean isEndless() {
        return false;
    }

    /** What its steps begin with: {@code ramp latency}. */
    @Override
    public String toString() {
        return "ramp " + level.name();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;

/**
 * Leads a fault up and down between two strengths; see {@link Schedule#wave}.
 *
 * <p>Each period begins with the low one.
 *
 * <pre>{@code
 * scope.run(Schedule.wave(latency, 10, 500).period(Duration.ofSeconds(30)).times(4));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Wave extends Schedule {

    private static final Duration PERIOD = Duration.ofSeconds(10);
    private static final int SINE = 16;
    private static final int SQUARE = 2;
    private static final int ENDLESS = 0;

    private final Level level;
    private final double low;
    private final double high;
    private final Duration period;
    private final int steps;
    private final int times;

    private Wave(Level level, double low, double high, Duration period, int steps, int times) {
        this.level = level;
        this.low = low;
        this.high = high;
        this.period = period;
        this.steps = steps;
        this.times = times;
    }

    static Wave of(Level level, double low, double high) {
        Checks.requireNamed(level);
        if (!(low >= 0 && high > low && Double.isFinite(high))) {
            throw new IllegalArgumentException(
                    "a wave must go from a low strength, not negative, to a higher one, but was " + "from " + low
                            + " to " + high + ". Give the smaller number first.");
        }
        return new Wave(level, low, high, PERIOD, SINE, ENDLESS);
    }

    /** As this, with so long for once up and down. */
    public Wave period(Duration span) {
        return new Wave(level, low, high, Checks.requireSpan("a period", span), steps, times);
    }

    /** As this, as a sine of 16 steps a period. */
    public Wave sine() {
        return new Wave(level, low, high, period, SINE, times);
    }

    /** As this, low for half a period, high for the other half. */
    public Wave square() {
        return new Wave(level, low, high, period, SQUARE, times);
    }

    /** As this, but so many periods, then it ends. */
    public Wave times(int periods) {
        return new Wave(level, low, high, period, steps, Checks.requireTimes(periods));
    }

    @Override
    void begin(Stage stage) {
        Dial dial = stage.dial(stage.part(toString()), level);
        stage.start(() -> step(stage, dial, 1, 0));
    }

    private void step(Stage stage, Dial dial, int n, int step) throws Exception {
        dial.turn(strength(step), "period " + n + (times == ENDLESS ? "" : " of " + times));
        Duration each = period.dividedBy(steps);
        if (step + 1 < steps) {
            stage.in(each, () -> step(stage, dial, n, step + 1));
        } else if (times == ENDLESS || n < times) {
            stage.in(each, () -> step(stage, dial, n + 1, 0));
        } else {
            stage.in(each, dial::off);
        }
    }

    /** A square wave is a sine that is looked at twice a period. */
    private double strength(int step) {
        return low + (high - low) * (1 - StrictMath.cos(2 * Math.PI * step / steps)) / 2;
    }

    @Override
    boolean isEndless() {
        return times == ENDLESS;
    }

    /** What its steps begin with: {@code wave latency}. */
    @Override
    public String toString() {
        return "wave " + level.name();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;

/**
 * Takes one thing down and brings it back, again and again; that it goes down and comes back is asserted each time.
 *
 * <p>Times count from when the thing was seen down, or up. See {@link Schedule#flap}.
 *
 * <pre>{@code
 * scope.run(Schedule.flap(bank).down(Duration.ofSeconds(5)).up(Duration.ofSeconds(30)).times(3));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Flap extends Schedule {

    private static final Duration DOWN = Duration.ofSeconds(5);
    private static final Duration UP = Duration.ofSeconds(30);
    private static final int ENDLESS = 0;

    private final Victim victim;
    private final Duration down;
    private final Duration up;
    private final int times;

    private Flap(Victim victim, Duration down, Duration up, int times) {
        this.victim = victim;
        this.down = down;
        this.up = up;
        this.times = times;
    }

    static Flap of(Victim victim) {
        return new Flap(Checks.requireNamed(victim), DOWN, UP, ENDLESS);
    }

    /** As this, with so long down each time. */
    public Flap down(Duration span) {
        return new Flap(victim, Checks.requireSpan("down", span), up, times);
    }

    /** As this, with so long up between. */
    public Flap up(Duration span) {
        return new Flap(victim, down, Checks.requireSpan("up", span), times);
    }

    /** As this, but so many times, then it ends: it is through when the thing is up again for the last time. */
    public Flap times(int number) {
        return new Flap(victim, down, up, Checks.requireTimes(number));
    }

    @Override
    void begin(Stage stage) {
        Outages outages = stage.outages(stage.part(toString()));
        stage.start(() -> goDown(stage, outages, 1));
    }

    private void goDown(Stage stage, Outages outages, int n) throws Exception {
        outages.takeDown(
                victim,
                "down " + count(n),
                outage -> stage.in(
                        down, () -> outages.bringBack(outage, "up " + count(n), () -> again(stage, outages, n))));
    }

    private void again(Stage stage, Outages outages, int n) {
        if (times == ENDLESS || n < times) {
            stage.in(up, () -> goDown(stage, outages, n + 1));
        }
    }

    private String count(int n) {
        return times == ENDLESS ? Integer.toString(n) : n + " of " + times;
    }

    @Override
    boolean isEndless() {
        return times == ENDLESS;
    }

    /** What its steps begin with: {@code flap bank}. */
    @Override
    public String toString() {
        return "flap " + victim.name();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Objects;

/**
 * Shows the wrong time on purpose: stopped, skewed, jumping or drifting.
 *
 * <p>The code under test is handed it as its {@link Clock}. Each of {@link #skewed}, {@link #drifting} and
 * {@link #jumpingAt} makes a new clock on top of this one, so that the nodes of a system can each have their own; what
 * this one does, those on top of it do, too. {@link #jump} moves this one. Views in other {@linkplain #withZone zones}
 * jump along. UTC by default. Nothing else in the JVM changes its time.
 *
 * <pre>{@code
 * VirtualTime time = new VirtualTime();
 * ChaosClock clock = ChaosClock.on(time, Instant.parse("2026-01-01T00:00:00Z"));
 * Leases leases = new Leases(clock.skewed(Duration.ofSeconds(-3)));
 * time.advance(Duration.ofMinutes(10));
 * clock.jump(Duration.ofHours(-1));
 * }</pre>
 *
 * <p>Safe for use by many threads.
 *
 * @since 0.1
 */
public final class ChaosClock extends Clock {

    private final Dial dial;
    private final ZoneId zone;

    private ChaosClock(Dial dial, ZoneId zone) {
        this.dial = dial;
        this.zone = zone;
    }

    /**
     * A clock that goes as this time goes: {@link VirtualTime} moves it.
     *
     * @param start what it shows now
     */
    public static ChaosClock on(TimeSource time, Instant start) {
        long origin = time.nanos();
        return new ChaosClock(
                new Dial("on " + time.getClass().getSimpleName(), () -> start.plusNanos(time.nanos() - origin)),
                ZoneOffset.UTC);
    }

    /** A clock that shows what this one shows, in its zone, until it is told otherwise. */
    public static ChaosClock over(Clock base) {
        return new ChaosClock(new Dial("over " + base, base), base.getZone());
    }

    /** A clock that stands still, except when it jumps. */
    public static ChaosClock fixed(Instant at) {
        return new ChaosClock(new Dial("fixed", () -> at), ZoneOffset.UTC);
    }

    /**
     * A clock that is ahead of this one, always by as much.
     *
     * @param by behind if it is negative
     */
    public ChaosClock skewed(Duration by) {
        ChaosClock clock = new ChaosClock(new Dial("skewed by " + by + " " + dial.what(), dial::now), zone);
        clock.jump(by);
        return clock;
    }

    /**
     * A clock that shows the same now, and goes faster or slower from now on.
     *
     * @param rate above 1 if it is too fast: at 1.1 it shows 66 seconds for a minute; above 0
     */
    public ChaosClock drifting(double rate) {
        return new ChaosClock(new Dial("drifting " + rate + " " + dial.what(), dial::now, rate), zone);
    }

    /**
     * A clock that jumps by itself, once, when this time is reached: as at a leap second, or when a time server is heard.
     *
     * @param at the time it shows before it jumps; at once if that is over
     * @param by back if it is negative
     */
    public ChaosClock jumpingAt(Instant at, Duration by) {
        Dial jumping = new Dial("jumping by " + by + " at " + at + " " + dial.what(), dial::now);
        jumping.jumpAt(at, by);
        return new ChaosClock(jumping, zone);
    }

    /**
     * Jumps now.
     *
     * @param by back if it is negative
     */
    public void jump(Duration by) {
        dial.jump(by);
    }

    @Override
    public Instant instant() {
        return dial.now();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    /** The same clock, shown in another zone: they jump together. */
    @Override
    public ChaosClock withZone(ZoneId other) {
        return new ChaosClock(dial, Objects.requireNonNull(other, "other"));
    }

    /** Whether it is the same clock in the same zone; two clocks that show the same time may part later. */
    @Override
    public boolean equals(Object other) {
        return other instanceof ChaosClock clock && dial == clock.dial && zone.equals(clock.zone);
    }

    @Override
    public int hashCode() {
        return Objects.hash(System.identityHashCode(dial), zone);
    }

    @Override
    public String toString() {
        return "ChaosClock[" + dial.what() + ", " + dial.now() + ", " + zone + "]";
    }
}

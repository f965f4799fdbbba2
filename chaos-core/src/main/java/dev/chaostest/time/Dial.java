// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** What a clock shows: a base, at a rate, moved by its jumps. Shared by the views of one clock. */
final class Dial {

    private static final double NANOS = 1e9;

    private final String what;
    private final InstantSource base;
    private final Instant origin;
    private final double rate;
    private Duration moved = Duration.ZERO;
    private @Nullable Jump waiting;

    /** To come when the dial shows this time. */
    private record Jump(Instant at, Duration by) {}

    Dial(String what, InstantSource base) {
        this(what, base, 1);
    }

    Dial(String what, InstantSource base, double rate) {
        if (!(rate > 0) || Double.isInfinite(rate)) {
            throw new IllegalArgumentException("The rate of a clock must be above 0, but was " + rate
                    + ". Use ChaosClock.fixed for one that stands still, and jump for one that goes back.");
        }
        this.what = what;
        this.base = base;
        this.origin = base.instant();
        this.rate = rate;
    }

    String what() {
        return what;
    }

    synchronized void jump(Duration by) {
        moved = moved.plus(by);
    }

    synchronized void jumpAt(Instant at, Duration by) {
        waiting = new Jump(at, by);
    }

    synchronized Instant now() {
        Instant now = drifted(base.instant()).plus(moved);
        if (waiting == null || now.isBefore(waiting.at)) {
            return now;
        }
        Duration by = waiting.by;
        waiting = null; // once: a jump back must not come again and again
        moved = moved.plus(by);
        return now.plus(by);
    }

    private Instant drifted(Instant now) {
        if (rate == 1) {
            return now;
        }
        Duration passed = Duration.between(origin, now);
        double seconds = passed.getSeconds() * rate;
        long whole = (long) Math.floor(seconds);
        return origin.plusSeconds(whole).plusNanos(Math.round((seconds - whole) * NANOS + passed.getNano() * rate));
    }
}

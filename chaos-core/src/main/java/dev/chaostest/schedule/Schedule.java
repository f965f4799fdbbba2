// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * What is to be done to which things over time.
 *
 * <p>Run by a scope, it goes by the scope's time and seed, and writes each step into its ledger. It touches what it was
 * handed and nothing else. A schedule ends by itself, or goes on until it is closed; closing undoes all in either case.
 *
 * <pre>{@code
 * RunningSchedule chaos = scope.run(Schedule.combine(
 *         Schedule.flap(bank).down(Duration.ofSeconds(5)).up(Duration.ofSeconds(30)).times(3),
 *         Schedule.ramp(latency, 0, 500).over(Duration.ofMinutes(1)).steps(10)));
 * chaos.await(Duration.ofMinutes(3));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public abstract sealed class Schedule permits Flap, RandomKill, Ramp, Wave, Span, Combined, Delayed {

    Schedule() {}

    /** Takes a thing down and brings it back, again and again: 5 s down, 30 s up, until closed, unless told otherwise. */
    public static Flap flap(Victim victim) {
        return Flap.of(victim);
    }

    /**
     * Takes members of a group down at random, by the scope's seed: each 5 s one with probability 0.3, and at least one
     * stays alive, until closed, unless told otherwise.
     *
     * @param name of the group, for the ledger
     * @param group what may be killed; at least two, each with a name of its own
     */
    public static RandomKill randomKill(String name, Collection<? extends Victim> group) {
        return RandomKill.of(name, group);
    }

    /**
     * Leads a fault from one strength to another in a straight line: in 10 steps over 10 s, and is over then, unless told
     * otherwise.
     *
     * @param from not negative
     * @param to not negative, another than {@code from}
     */
    public static Ramp ramp(Level level, double from, double to) {
        return Ramp.of(level, from, to);
    }

    /**
     * Leads a fault up and down between two strengths: as a sine of 16 steps each 10 s, until closed, unless told
     * otherwise.
     *
     * @param low not negative
     * @param high greater than {@code low}
     */
    public static Wave wave(Level level, double low, double high) {
        return Wave.of(level, low, high);
    }

    /** Takes a thing down for a span of time; that it goes down and comes back is asserted. */
    public static Schedule during(Duration span, Victim victim) {
        return new Span(victim, Checks.requireSpan("a span", span));
    }

    /**
     * Has a fault for a span of time.
     *
     * @param name of the fault, for the ledger
     * @param fault opens it and returns what ends it: {@code () -> scope.inject(rule)}. Nobody can say whether it had an
     *     effect; for that use {@link #during(Duration, Victim)}, or have the scope verify its plan.
     */
    public static Schedule during(Duration span, String name, Callable<? extends AutoCloseable> fault) {
        return new Span(fault(name, fault), Checks.requireSpan("a span", span));
    }

    /** Takes a thing down after a time, until closed; that it goes down and comes back is asserted. */
    public static Schedule after(Duration delay, Victim victim) {
        return new Span(victim, null).startingAfter(delay);
    }

    /** Has a fault after a time, until closed; as {@link #during(Duration, String, Callable)} otherwise. */
    public static Schedule after(Duration delay, String name, Callable<? extends AutoCloseable> fault) {
        return new Span(fault(name, fault), null).startingAfter(delay);
    }

    /**
     * Does several at the same time, under one handle. Their steps are done by one thread, so one that blocks delays the
     * others; for what must not wait, run two schedules. An error in one ends all.
     */
    public static Schedule combine(Schedule... parts) {
        return new Combined(List.of(parts));
    }

    private static Given fault(String name, Callable<? extends AutoCloseable> fault) {
        Checks.requireName("a fault", name, "slow bank");
        return new Given(name, Objects.requireNonNull(fault, "fault"), null, Outages.WITHIN);
    }

    /**
     * As this, but begins later.
     *
     * @param delay not negative, at most a day
     */
    public Schedule startingAfter(Duration delay) {
        return Checks.requireDelay(delay).isZero() ? this : new Delayed(delay, this);
    }

    /** Sets its first steps; none is done yet. */
    abstract void begin(Stage stage);

    /** Whether it goes on until it is closed. */
    abstract boolean isEndless();
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.Carried;
import dev.chaostest.call.internal.CountedSuccession;
import dev.chaostest.call.internal.Healthy;
import dev.chaostest.call.internal.Recovering;
import dev.chaostest.call.internal.Sometimes;
import dev.chaostest.call.internal.Spans;
import dev.chaostest.call.internal.Succession;
import dev.chaostest.internal.Amount;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Durations;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One state after the other, as in an outage: each for a span of time or for a number of calls. After the last, nothing
 * happens any more.
 *
 * <pre>{@code
 * Behavior outage = Behaviors.phases(Unavailable::new)
 *         .healthy(Duration.ofSeconds(5))
 *         .degraded(Duration.ofSeconds(10), Length.uniform(Duration.ofMillis(500), Duration.ofMillis(1500)), 0.3)
 *         .failed(Duration.ofSeconds(5)).recovering(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Phases implements Behavior {

    private final Failure failed;
    private final List<Phase> phases;
    private final Behavior whole;

    private Phases(Failure failed, List<Phase> phases) {
        this.failed = failed;
        this.phases = List.copyOf(phases);
        Behavior rest = new Healthy();
        for (int i = phases.size() - 1; i >= 0; i--) {
            rest = phases.get(i).before.apply(phases.get(i).fault, rest);
        }
        this.whole = rest;
    }

    static Phases of(Supplier<? extends Throwable> failure) {
        return new Phases(Failure.of(failure), List.of());
    }

    /**
     * Nothing happens for a while.
     *
     * @param span longer than zero, at most a day
     */
    public Phases healthy(Duration span) {
        return phase("healthy", span, new Healthy());
    }

    /**
     * Nothing happens to so many calls.
     *
     * @param calls 1 or more
     */
    public Phases healthy(long calls) {
        return phase("healthy", calls, new Healthy());
    }

    /**
     * Calls are slow for a while, and some fail.
     *
     * @param span longer than zero, at most a day
     * @param failureProbability the share of calls that fails, from 0 to 1
     */
    public Phases degraded(Duration span, Length latency, double failureProbability) {
        return phase(degraded(latency, failureProbability), span, slow(latency, failureProbability));
    }

    /**
     * So many calls are slow, and some fail.
     *
     * @param calls 1 or more
     * @param failureProbability the share of calls that fails, from 0 to 1
     */
    public Phases degraded(long calls, Length latency, double failureProbability) {
        return phase(degraded(latency, failureProbability), calls, slow(latency, failureProbability));
    }

    private static String degraded(Length latency, double failureProbability) {
        return "degraded (latency of " + latency + ", failure with probability " + failureProbability + ")";
    }

    private Behavior slow(Length latency, double failureProbability) {
        return Behaviors.latency(latency).with(new Sometimes(failed, Trigger.probability(failureProbability)));
    }

    /**
     * All calls fail for a while.
     *
     * @param span longer than zero, at most a day
     */
    public Phases failed(Duration span) {
        return phase("failed", span, failed);
    }

    /**
     * So many calls fail.
     *
     * @param calls 1 or more
     */
    public Phases failed(long calls) {
        return phase("failed", calls, failed);
    }

    /**
     * Calls fail with a probability that falls evenly from 1 to 0 in this time.
     *
     * @param span longer than zero, at most a day
     */
    public Phases recovering(Duration span) {
        return phase("recovering", span, Recovering.within(span, failed));
    }

    /**
     * Calls fail with a probability that falls evenly from 1, at the first, to 0, at the first after so many.
     *
     * @param calls 1 or more
     */
    public Phases recovering(long calls) {
        return phase("recovering", calls, Recovering.within(calls, failed));
    }

    /**
     * Anything else happens for a while.
     *
     * @param span longer than zero, at most a day
     */
    public Phases during(Duration span, Fault fault) {
        return phase(fault.toString(), span, fault);
    }

    /**
     * Anything else happens to so many calls.
     *
     * @param calls 1 or more
     */
    public Phases during(long calls, Fault fault) {
        return phase(fault.toString(), calls, fault);
    }

    private Phases phase(String name, Duration span, Fault fault) {
        Spans.requirePositive("the span of a phase", span);
        return and(new Phase(
                name + " for " + Durations.print(span), fault, (one, next) -> new Succession(one, span, next)));
    }

    private Phases phase(String name, long calls, Fault fault) {
        Spans.requirePositive("the number of calls of a phase", calls);
        return and(new Phase(
                name + " for " + Amount.of(calls, "call"),
                fault,
                (one, next) -> new CountedSuccession(one, calls, next)));
    }

    private Phases and(Phase phase) {
        Carried.require("what happens in a phase", phase.fault);
        List<Phase> more = new ArrayList<>(phases);
        more.add(phase);
        return new Phases(failed, more);
    }

    @Override
    public Course course() {
        return whole.course();
    }

    @Override
    public boolean canStrike() {
        return whole.canStrike();
    }

    @Override
    public boolean isCertain() {
        return whole.isCertain();
    }

    @Override
    public long mustStrike(long due) {
        return whole.mustStrike(due);
    }

    @Override
    public boolean isCounted() {
        return whole.isCounted();
    }

    @Override
    public boolean isTimed() {
        return whole.isTimed();
    }

    @Override
    public String toString() {
        return phases.stream().map(Phase::text).collect(Collectors.joining(", ", "phases: ", ", then healthy"))
                + "; failing with " + failed.text();
    }

    private record Phase(String text, Fault fault, BiFunction<Fault, Behavior, Behavior> before) {}
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.ByName;
import dev.chaostest.call.internal.Degrading;
import dev.chaostest.call.internal.Each;
import dev.chaostest.call.internal.Healthy;
import dev.chaostest.call.internal.Lagging;
import dev.chaostest.call.internal.Limited;
import dev.chaostest.call.internal.Sometimes;
import dev.chaostest.call.internal.TokenBucket;
import dev.chaostest.call.internal.Window;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.Length;
import dev.chaostest.plan.Trigger;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How a dependency behaves: always failing, slower and slower, limiting, out of date, in an outage ...
 *
 * <p>Each is a {@link Behavior}, to be put into a rule. Calls, and so attempts, are those that the rule counts: over the
 * scope, {@linkplain dev.chaostest.plan.Rule#perLane on each lane} or {@linkplain dev.chaostest.plan.Rule#perKey for each
 * key}, with a state for each. Time is the scope's, from when it was first armed, or the rule added if that was later.
 *
 * <pre>{@code
 * Behavior busy = Behaviors.rateLimit(20, 10, Duration.ofSeconds(1), after -> new TooManyRequests(after));
 * Rule rule = Rule.of(Calls.to(Gateway.class), Trigger.always(), busy).perKey();
 * }</pre>
 *
 * <p>A condition, a supplier or a function that is handed over is asked by the threads that call.
 *
 * @since 0.1
 */
public final class Behaviors {

    private Behaviors() {}

    /** Nothing happens. */
    public static Behavior healthy() {
        return new Healthy();
    }

    /** Each call throws, before its effect. */
    public static Behavior alwaysFail(Supplier<? extends Throwable> failure) {
        return new Each(Failure.of(failure));
    }

    /** Each call hangs before its effect, until the fault is healed or the caller gives up. */
    public static Behavior hang() {
        return new Each(new Hang(When.BEFORE));
    }

    /** Each call waits before its effect. */
    public static Behavior latency(Duration length) {
        return latency(Length.fixed(length));
    }

    /** Each call waits before its effect, as long as is drawn for it. */
    public static Behavior latency(Length length) {
        return new Each(new Delay(length, When.BEFORE));
    }

    /**
     * Each call waits for a time and up to so much more before its effect.
     *
     * @param base not negative
     * @param more longer than zero; together at most a day
     */
    public static Behavior jitter(Duration base, Duration more) {
        return latency(Length.uniform(base, base.plus(more)));
    }

    /**
     * Calls fail with a probability, before their effect.
     *
     * @param failureProbability the share of calls that fails, not of those that succeed: 0 to 1; 0 changes nothing
     * @throws IllegalArgumentException if the probability is none
     */
    public static Behavior intermittent(double failureProbability, Supplier<? extends Throwable> failure) {
        return new Sometimes(Failure.of(failure), Trigger.probability(failureProbability));
    }

    /**
     * Something happens to the n-th call only.
     *
     * @param n 1 or more
     */
    public static Behavior nth(long n, Fault fault) {
        return new Sometimes(fault, Trigger.nth(n));
    }

    /**
     * Something happens to each n-th call: n, 2n, 3n ...
     *
     * @param n 1 or more
     */
    public static Behavior everyNth(long n, Fault fault) {
        return new Sometimes(fault, Trigger.every(n));
    }

    /**
     * What happens at the first call, the second and so on: a fault, a behaviour, or {@link #healthy}.
     *
     * <pre>{@code
     * Behavior slowStart = Behaviors.sequence(Delay.of(Duration.ofSeconds(2)), Behaviors.healthy()).thenRepeatLast();
     * }</pre>
     */
    public static Sequence sequence(Fault... steps) {
        return new Sequence(List.of(steps));
    }

    /**
     * What happens at one attempt, to begin with; see {@link AttemptPlan}.
     *
     * @param attempt from 1
     * @throws IllegalArgumentException if it is below 1
     */
    public static AttemptPlan.Choice<AttemptPlan> onAttempt(long attempt) {
        return AttemptPlan.empty().onAttempt(attempt);
    }

    /**
     * Calls wait longer and longer before their effect.
     *
     * <p>The first call waits for {@code base}; the one after {@code n} calls for {@code base * (1 + n * rate)} where the
     * growth is linear, for {@code base * (1 + rate) ^ n} where it is compound; none longer than the cap.
     *
     * @param base of the first call; longer than zero
     * @param cap not shorter than that, at most a day
     * @throws IllegalArgumentException if they are not
     */
    public static Behavior degrading(Duration base, Growth growth, Duration cap) {
        return new Degrading(base, growth, cap);
    }

    /**
     * A token bucket: so many calls at once, and then as many as come back over time; the rest fails, before its effect.
     *
     * @param capacity how many calls at once, to begin with as well; 1 to 100,000
     * @param refill how many come back per window, evenly; 1 to 100,000
     * @param window longer than zero, at most a day
     * @param failure makes what is thrown, from the time after which one call would get through
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static Behavior rateLimit(
            long capacity, long refill, Duration window, Function<Duration, ? extends Throwable> failure) {
        return new Limited(new TokenBucket(capacity, refill, window), failure);
    }

    /**
     * So many calls in each window, which opens with its first call; the rest fails, before its effect.
     *
     * @param calls 1 to 100,000
     * @param window longer than zero, at most a day
     * @param failure makes what is thrown, from the rest of the window
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static Behavior windowLimit(long calls, Duration window, Function<Duration, ? extends Throwable> failure) {
        return new Limited(new Window(calls, window), failure);
    }

    /**
     * Calls return what was current some time ago, until all is well again, as from a replica that lags behind.
     *
     * <p>The object is called all the same. What was current is known from its results to the same method with the same
     * arguments; where none is old enough, it is the oldest. Of 1,000 such questions and 1,000 results each, the newest
     * are known.
     *
     * @param lag longer than zero, at most a day
     * @param recoverAfter longer than zero, at most a day
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static Behavior stale(Duration lag, Duration recoverAfter) {
        return new Lagging(lag).thenAfter(recoverAfter, healthy());
    }

    /**
     * Calls return an older value, until all is well again.
     *
     * @param text how much older, for messages and the replay line: "10 blocks behind"
     * @param older makes the older value of the current one
     * @param recoverAfter longer than zero, at most a day
     * @throws IllegalArgumentException if a value is out of its range
     */
    public static Behavior stale(String text, UnaryOperator<@Nullable Object> older, Duration recoverAfter) {
        return new Each(new ChangedResult(text, older)).thenAfter(recoverAfter, healthy());
    }

    /**
     * One state after the other: say which, see {@link Phases}.
     *
     * @param failure what calls throw that fail
     */
    public static Phases phases(Supplier<? extends Throwable> failure) {
        return Phases.of(failure);
    }

    /**
     * To each key its own behaviour, each with its own state, also for those that are not named.
     *
     * <p>That one of them struck is enough; where each must, write a rule for each.
     *
     * @param behaviors by {@linkplain Wrapping#keyed key}
     * @param otherwise for the other keys, and calls that have none
     * @throws IllegalArgumentException if no key is named, or something is nothing that can happen to a call
     */
    public static Behavior byKey(Map<String, ? extends Fault> behaviors, Fault otherwise) {
        return new ByName(ByName.Kind.KEY, new TreeMap<>(behaviors), otherwise);
    }

    /**
     * To each method its own behaviour, each with its own state, also for those that are not named.
     *
     * <p>That one of them struck is enough; where each must, write a rule for each.
     *
     * @param behaviors by the name of the method
     * @param otherwise for the other methods
     * @throws IllegalArgumentException if no method is named, or something is nothing that can happen to a call
     */
    public static Behavior byMethod(Map<String, ? extends Fault> behaviors, Fault otherwise) {
        return new ByName(ByName.Kind.METHOD, new TreeMap<>(behaviors), otherwise);
    }

    /**
     * What happens to calls for which a condition holds; each of the two behaviours counts its own calls.
     *
     * <pre>{@code
     * Behavior picky = Behaviors.when("amount over 1000", call -> call.argument(1, long.class) > 1000,
     *         Failure.of(LimitExceeded::new)).otherwise(Behaviors.healthy());
     * }</pre>
     *
     * @param text the condition in words, for messages and the replay line; the same in every run
     * @param condition asked at each call, so it must be quick; what it throws goes to the caller
     */
    public static Conditional when(String text, Predicate<? super Call> condition, Fault then) {
        return new Conditional(text, condition, then);
    }

    /**
     * Calls take as long, and fail, as they did when they were {@linkplain Recorder recorded}; see {@link Replay}.
     *
     * @param failures makes an exception from the name of its class and its message, which may be null
     */
    public static Replay replay(
            Recording recording, BiFunction<String, @Nullable String, ? extends Throwable> failures) {
        return Replay.of(recording, failures);
    }
}

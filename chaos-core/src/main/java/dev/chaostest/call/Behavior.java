// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.CountedSuccession;
import dev.chaostest.call.internal.Custom;
import dev.chaostest.call.internal.Succession;
import dev.chaostest.call.internal.Together;
import dev.chaostest.plan.Course;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Does another thing from call to call: how a dependency behaves, rather than one thing that goes wrong.
 *
 * <p>It is planned as any other fault, and brings nothing of its own: the rule counts the calls, over the scope, on each
 * lane or for each key; the clock is the scope's, the draws are the seed's, and what it does is in the ledger as the
 * delays, hangs, failures and changed results that it consists of. A behaviour that could strike and never did makes
 * the test red; one that goes by chance need only be reached, and one that never strikes is exempt.
 *
 * <pre>{@code
 * Behavior worn = Behaviors.latency(Duration.ofMillis(80)).with(Behaviors.intermittent(0.1, Unavailable::new));
 * Rule rule = Rule.of(Calls.to(Gateway.class), Trigger.always(), worn).perKey();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads. Factories are in {@link Behaviors}.
 *
 * @since 0.1
 */
public interface Behavior extends Fault {

    /** What it does from call to call, from now on; with its own state. */
    @Override
    Course course();

    /** Of no meaning here: what it consists of says it for itself. */
    @Override
    default When strikes() {
        return When.BEFORE;
    }

    /** Of no meaning here: what it consists of says it for itself. */
    @Override
    default boolean endsTheCall() {
        return false;
    }

    /**
     * This and something else, both at each call; where both end it, this does.
     *
     * @throws IllegalArgumentException if the other is nothing that can happen to a call
     */
    default Behavior with(Fault other) {
        return new Together(this, other);
    }

    /**
     * This for so many calls, and then something else, whose calls and time count from there.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if the number is lower, or the other is nothing that can happen to a call
     */
    default Behavior thenAfter(long calls, Fault next) {
        return new CountedSuccession(this, calls, next);
    }

    /**
     * This for a span of time, and then something else, whose calls and time count from there.
     *
     * @param span longer than zero, at most a day; since the scope was first armed, or the rule added if that was later
     * @throws IllegalArgumentException if the span is another, or the other is nothing that can happen to a call
     */
    default Behavior thenAfter(Duration span, Fault next) {
        return new Succession(this, span, next);
    }

    /**
     * A behaviour of one's own.
     *
     * <p>It is taken to count and to look at the clock, and must strike once. What it does at a call must be something
     * that strikes: a delay, hang, failure or changed result.
     *
     * @param text what it is, for messages and the replay line; the same in every run
     * @param courses makes a new course, with a state of its own, for each counter
     */
    static Behavior of(String text, Supplier<? extends Course> courses) {
        return new Custom(text, courses);
    }
}

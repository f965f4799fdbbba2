// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.call;

import dev.chaostest.call.internal.Attempts;
import dev.chaostest.call.internal.Carried;
import dev.chaostest.call.internal.Healthy;
import dev.chaostest.call.internal.Spans;
import dev.chaostest.plan.Delay;
import dev.chaostest.plan.Fault;
import dev.chaostest.plan.Hang;
import dev.chaostest.plan.When;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What happens at which attempt; say what comes {@link #then} to have a behaviour.
 *
 * <p>Attempts count from 1, as the rule counts: use it per key, or per lane, for retries of one thing. Those between are
 * healthy.
 *
 * <pre>{@code
 * Behavior flaky = Behaviors.onAttempt(1).fail(Unavailable::new)
 *         .onAttempt(2).delay(Duration.ofSeconds(2))
 *         .then().ok();
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class AttemptPlan {

    private final SortedMap<Long, Fault> planned;

    private AttemptPlan(SortedMap<Long, Fault> planned) {
        this.planned = planned;
    }

    static AttemptPlan empty() {
        return new AttemptPlan(new TreeMap<>());
    }

    /**
     * At this attempt ...
     *
     * @throws IllegalArgumentException if it is below 1, or something is planned for it already
     */
    public Choice<AttemptPlan> onAttempt(long attempt) {
        Spans.requirePositive("the number of an attempt", attempt);
        if (planned.containsKey(attempt)) {
            throw new IllegalArgumentException(
                    "each attempt must be planned once, but attempt " + attempt + " already has " + planned.get(attempt)
                            + ". To have several things at once, use does(a.with(b)).");
        }
        return new Choice<>(fault -> {
            SortedMap<Long, Fault> more = new TreeMap<>(planned);
            more.put(attempt, fault);
            return new AttemptPlan(more);
        });
    }

    /** At all attempts after the last of them ... */
    public Choice<Behavior> then() {
        return new Choice<>(fault -> new Attempts(planned, fault));
    }

    /**
     * What is to happen.
     *
     * @param <R> what one goes on with
     */
    public static final class Choice<R> {

        private final Function<Fault, R> chosen;

        private Choice(Function<Fault, R> chosen) {
            this.chosen = chosen;
        }

        /** Nothing. */
        public R ok() {
            return chosen.apply(new Healthy());
        }

        /** The call throws, before its effect. */
        public R fail(Supplier<? extends Throwable> failure) {
            return chosen.apply(Failure.of(failure));
        }

        /** The call waits before its effect. */
        public R delay(Duration length) {
            return chosen.apply(Delay.of(length));
        }

        /** The call hangs before its effect until the fault is healed. */
        public R hang() {
            return chosen.apply(new Hang(When.BEFORE));
        }

        /** The call has its effect and returns this. */
        public R value(@Nullable Object value) {
            return chosen.apply(ChangedResult.to(value));
        }

        /**
         * Anything that can happen to a call, also several things or a behaviour.
         *
         * @throws IllegalArgumentException if it is nothing that can happen to a call
         */
        public R does(Fault fault) {
            return chosen.apply(Carried.require("what an attempt does", fault));
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.VirtualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Takes a circuit breaker through its whole life, on virtual time: closed, open, half-open, open again, half-open, closed.
 *
 * <p>Sees to it that it lets calls through while it is closed, opens when they fail, keeps all calls from the target
 * until it has been open for long enough, then lets a trial call through while it is half-open, opens again if that fails,
 * and closes if it succeeds. The breaker must go by the same time: a {@link dev.chaostest.time.ChaosClock} on it, say.
 *
 * <pre>{@code
 * BreakerDrive.of("payments", () -> State.valueOf(breaker.getState().name()), breaker::executeCallable)
 *         .openFor(Duration.ofSeconds(60))
 *         .run(time);
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class BreakerDrive {

    private static final Duration MARGIN = Duration.ofMillis(1);

    private final String name;
    private final Supplier<State> state;
    private final Through through;
    private final Duration openFor;
    private final int callsMax;
    private final Supplier<? extends Exception> failure;

    private BreakerDrive(
            String name,
            Supplier<State> state,
            Through through,
            Duration openFor,
            int callsMax,
            Supplier<? extends Exception> failure) {
        this.name = name;
        this.state = state;
        this.through = through;
        this.openFor = openFor;
        this.callsMax = callsMax;
        this.failure = failure;
    }

    /** The states of a circuit breaker. */
    public enum State {
        /** Calls go through. */
        CLOSED,
        /** Calls are refused. */
        OPEN,
        /** Trial calls go through, and decide. */
        HALF_OPEN
    }

    /** One call through the breaker. */
    @FunctionalInterface
    public interface Through {
        /** Calls the target through the breaker, or is refused by it. What it throws is not looked at. */
        void call(Callable<Boolean> target) throws Exception;
    }

    /**
     * How it went.
     *
     * @param failuresToOpen how many failing calls opened it
     * @param successesToClose how many successful trial calls closed it
     */
    public record Driven(int failuresToOpen, int successesToClose) {}

    /**
     * What is driven; it stays open for 60 seconds unless {@link #openFor} says otherwise.
     *
     * @param name for messages
     * @param state its state now
     * @param through makes one call through it
     */
    public static BreakerDrive of(String name, Supplier<State> state, Through through) {
        return new BreakerDrive(
                name, state, through, Duration.ofSeconds(60), 1_000, () -> new IOException("failed on purpose"));
    }

    /**
     * How long it is open before it lets a trial call through.
     *
     * @param duration more than a millisecond
     */
    public BreakerDrive openFor(Duration duration) {
        if (duration.compareTo(MARGIN) <= 0) {
            throw new IllegalArgumentException("The time that \"" + name + "\" is open must be more than 1ms, but was "
                    + duration + ". Drive it with the wait duration it is configured with.");
        }
        return new BreakerDrive(name, state, through, duration, callsMax, failure);
    }

    /** How many calls it may take to open it or to close it; 1000 by default. */
    public BreakerDrive callsMax(int calls) {
        return new BreakerDrive(name, state, through, openFor, calls, failure);
    }

    /** What the target fails with; an {@code IOException} by default. */
    public BreakerDrive failingWith(Supplier<? extends Exception> other) {
        return new BreakerDrive(name, state, through, openFor, callsMax, other);
    }

    /**
     * Drives it. It must be closed at the beginning, and is at the end.
     *
     * @throws WatchError at the first thing that it does not do
     */
    public Driven run(VirtualTime time) {
        require(state.get() == State.CLOSED, "be CLOSED before it is driven", "Reset it first.");
        requireThrough("while it is CLOSED");
        int failures = callUntil(State.CLOSED, State.OPEN, "open after failing calls", "it counts these failures");
        requireRefused("as soon as it is OPEN");
        time.advance(openFor.minus(MARGIN));
        requireRefused("1ms before it has been OPEN for " + openFor);
        time.advance(MARGIN.multipliedBy(2));
        requireTrial(false);
        callUntil(State.HALF_OPEN, State.OPEN, "open again after failing trial calls", "a failing trial call opens it");
        time.advance(openFor.plus(MARGIN));
        requireTrial(true);
        int successes = callUntil(
                State.HALF_OPEN, State.CLOSED, "close after successful trial calls", "trial calls are counted");
        requireThrough("when it is CLOSED again");
        return new Driven(failures, successes);
    }

    /** It must go from one state straight to the other: one that closes in between would open later all the same. */
    private int callUntil(State from, State wanted, String must, String check) {
        int calls = from == State.HALF_OPEN ? 1 : 0; // the trial call that has gone through
        while (state.get() == from && calls < callsMax) {
            call(wanted == State.CLOSED);
            calls++;
        }
        State now = state.get();
        if (now != wanted) {
            throw error(must, "was " + now + " after " + calls + " of them", "Check that " + check + ".");
        }
        return calls;
    }

    private void requireThrough(String when) {
        require(call(true).reached, "let a call through " + when, "Check what it counted before.");
    }

    private void requireRefused(String when) {
        require(!call(true).reached, "refuse calls " + when, "Check its wait duration, and that it goes by this time.");
    }

    private void requireTrial(boolean succeeding) {
        Call trial = call(succeeding);
        String must = "let a trial call through while it is HALF_OPEN, once it has been OPEN for " + openFor;
        if (!trial.reached) {
            throw error(must, "refused it", "Check its wait duration, and that it goes by this time.");
        }
        if (trial.during != State.HALF_OPEN) {
            throw error(must, "was " + trial.during + " then", "Check which states it goes through.");
        }
    }

    private void require(boolean holds, String must, String advice) {
        if (!holds) {
            throw error(must, "did not and is " + state.get(), advice);
        }
    }

    private WatchError error(String must, String found, String advice) {
        return new WatchError("Breaker \"" + name + "\" must " + must + ", but " + found + ". " + advice, null);
    }

    private Call call(boolean succeeding) {
        Call call = new Call();
        try {
            through.call(() -> {
                call.reached = true;
                call.during = state.get();
                if (!succeeding) {
                    throw failure.get();
                }
                return true;
            });
        } catch (Exception expected) {
            // the target's own failure, or the breaker's refusal: which one, the target knows
        }
        return call;
    }

    /** What became of one call; some breakers make it on a thread of theirs. */
    private static final class Call {
        private volatile boolean reached;
        private volatile State during = State.CLOSED;
    }
}

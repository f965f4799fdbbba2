// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Keeps a failing provider from being asked for a while: three failures in a row open it for a minute. */
public final class CircuitBreaker {

    /** Where it stands. */
    public enum State {
        /** Calls go through. */
        CLOSED,
        /** No call goes through. */
        OPEN,
        /** One call may try whether all is well again. */
        HALF_OPEN
    }

    /** Leave for one call; who has it must say afterwards how it went. */
    public final class Permit {
        private final int period;

        private Permit(int period) {
            this.period = period;
        }

        /** It went well. */
        public void succeeded() {
            ended(this, true);
        }

        /** It failed. */
        public void failed() {
            ended(this, false);
        }
    }

    private static final int FAILURES_MAX = 3;
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Clock clock;
    private State state = State.CLOSED;
    private int failures;
    private int period;
    private Instant opened = Instant.MIN;

    public CircuitBreaker(Clock clock) {
        this.clock = clock;
    }

    /** Where it stands now. */
    public synchronized State state() {
        boolean rested = state == State.OPEN && !clock.instant().isBefore(opened.plus(PAUSE));
        return rested ? State.HALF_OPEN : state;
    }

    /** Asks to call; empty if none may. */
    public synchronized Optional<Permit> tryCall() {
        if (state == State.OPEN && state() == State.HALF_OPEN) {
            enter(State.HALF_OPEN);
            return Optional.of(new Permit(period));
        }
        return state == State.CLOSED ? Optional.of(new Permit(period)) : Optional.empty();
    }

    /** A call that began before the breaker went elsewhere comes too late to say anything. */
    private synchronized void ended(Permit permit, boolean well) {
        if (permit.period != period) {
            return;
        }
        failures = well ? 0 : failures + 1;
        if (well && state == State.HALF_OPEN) {
            enter(State.CLOSED);
        } else if (!well && (state == State.HALF_OPEN || failures >= FAILURES_MAX)) {
            enter(State.OPEN);
        }
    }

    private void enter(State next) {
        state = next;
        period++;
        failures = 0;
        opened = clock.instant();
    }
}

// SPDX-License-Identifier: Apache-2.0
package com.example.quotes;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

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

    private static final int FAILURES_MAX = 3;
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Clock clock;
    private State state = State.CLOSED;
    private int failures;
    private boolean trying;
    private Instant opened = Instant.MIN;

    public CircuitBreaker(Clock clock) {
        this.clock = clock;
    }

    /** Where it stands now. */
    public synchronized State state() {
        boolean rested = state == State.OPEN && !clock.instant().isBefore(opened.plus(PAUSE));
        return rested ? State.HALF_OPEN : state;
    }

    /** Asks to call; who may must say afterwards how it went. */
    public synchronized boolean mayCall() {
        if (state() == State.HALF_OPEN && !trying) {
            trying = true;
            return true;
        }
        return state() == State.CLOSED;
    }

    /** It went well. */
    public synchronized void succeeded() {
        state = State.CLOSED;
        failures = 0;
        trying = false;
    }

    /** It failed. */
    public synchronized void failed() {
        failures++;
        trying = false;
        if (failures >= FAILURES_MAX) {
            state = State.OPEN;
            opened = clock.instant();
        }
    }
}

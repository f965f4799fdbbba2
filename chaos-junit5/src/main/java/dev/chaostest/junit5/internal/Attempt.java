// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.junit5.internal;

import dev.chaostest.ledger.Token;
import java.util.Optional;
import org.opentest4j.TestAbortedException;

/** What one invocation of a {@code @ChaosTest} is for, and what JUnit sees of it. */
abstract class Attempt {

    private final String name;
    private final long round;
    private final Optional<Token> follows;
    private volatile boolean isOver;

    /**
     * @param name what JUnit shows
     * @param round which round's seed it has
     * @param follows the token that it replays
     */
    Attempt(String name, long round, Optional<Token> follows) {
        this.name = name;
        this.round = round;
        this.follows = follows;
    }

    final String name() {
        return name;
    }

    final long round() {
        return round;
    }

    final Optional<Token> follows() {
        return follows;
    }

    /** Whether it has run. */
    final boolean isOver() {
        return isOver;
    }

    /** Whether it is of an earlier execution, so that the test may have changed since. */
    boolean isKept() {
        return false;
    }

    /** Whether it was red, and another invocation tells. */
    boolean isWithheld() {
        return false;
    }

    /**
     * Asked before the test method.
     *
     * @throws TestAbortedException if there is nothing to run any more
     */
    void requireCurrent(TestRound run) {}

    /** What JUnit is to see of a failure. */
    abstract Throwable told(Throwable thrown, TestRound run);

    /** It is over, whatever came of it. What this throws, JUnit sees, too. */
    final void ended(Optional<Throwable> seen, TestRound run) {
        isOver = true;
        over(seen, run);
    }

    /** See {@link #ended}. */
    abstract void over(Optional<Throwable> seen, TestRound run);

    /** What it adds to the report of a failure: lines, each behind a line break. */
    String line() {
        return "";
    }
}

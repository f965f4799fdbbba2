// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.retry;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * How one attempt ended, and what comes next.
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param retry the name of the {@link Retry}
 * @param attempt the how many-th of its call, from 1
 * @param next what follows
 * @param delay how long until the next attempt; zero if there is none
 * @param label what the classifier called the failure; empty after success, and for what is not worth a retry
 * @param failure what was thrown; empty after success
 * @since 0.1
 */
public record RetryEvent(
        String retry, int attempt, Next next, Duration delay, Optional<String> label, Optional<Throwable> failure) {

    /**
     * What follows an attempt.
     *
     * @since 0.1
     */
    public enum Next {
        /** Nothing: it succeeded. */
        DONE("succeeded"),
        /** Another attempt, after the delay. */
        RETRY("next"),
        /** Nothing: such a failure is not worth a retry. */
        GIVE_UP("not retried"),
        /** Nothing: there were as many attempts as allowed. */
        ATTEMPTS("no attempt left"),
        /** Nothing: the next one would begin after the deadline. */
        DEADLINE("no time left"),
        /** Nothing: the budget of all calls together is spent. */
        BUDGET("no budget left");

        private final String words;

        Next(String words) {
            this.words = words;
        }
    }

    /** One line; it has the failure's type, not its message, which may hold what must not be written down. */
    @Override
    public String toString() {
        String line = "retry \"" + retry + "\": attempt " + attempt;
        if (next == Next.DONE) {
            return line + " succeeded";
        }
        String what = failure.map(thrown -> thrown.getClass().getName()).orElse("?");
        return line + " failed (" + label.map(name -> name + ", ").orElse("") + what + "), " + next.words
                + (next == Next.RETRY ? " in " + Durations.print(delay) : "");
    }
}

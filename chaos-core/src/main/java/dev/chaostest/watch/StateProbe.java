// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Asks something for its state: a circuit breaker, a connection, a leader election.
 *
 * <p>Looks as {@link Eventually} does. The message says the states that were seen on the way.
 *
 * <pre>{@code
 * StateProbe<State> breaker = StateProbe.of("breaker of payments", payments::getState);
 * breaker.assertState(CLOSED);
 * breaker.awaitState(OPEN, Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @param <S> the states; compared with {@code equals}
 * @since 0.1
 */
public final class StateProbe<S> {

    private final String name;
    private final Callable<? extends S> state;
    private final Pace pace;

    private StateProbe(String name, Callable<? extends S> state, Pace pace) {
        this.name = name;
        this.state = state;
        this.pace = pace;
    }

    /**
     * Makes one.
     *
     * @param name what is asked, for messages
     */
    public static <S> StateProbe<S> of(String name, Callable<? extends S> state) {
        return new StateProbe<>(name, state, Pace.ofDefaults());
    }

    /** Waits on this time instead of the system's; as {@link Eventually#on}. */
    public StateProbe<S> on(TimeSource time) {
        return new StateProbe<>(name, state, pace.on(time));
    }

    /**
     * Waits until it is in this state.
     *
     * @throws WatchError if it is not in time; the message says in which states it was
     * @throws dev.chaostest.plan.ChaosException if the thread is interrupted; its flag stays set
     */
    public void awaitState(S expected, Duration deadline) {
        Eventually.state(name, state, expected, pace).within(deadline);
    }

    /**
     * Makes sure that it is in this state now.
     *
     * @throws WatchError if it is not, or does not say
     */
    public void assertState(S expected) {
        S found;
        try {
            found = state.call();
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw new WatchError(
                    name + " must be " + Texts.of(expected) + ", but did not say: " + Texts.of(e)
                            + ". Use awaitState if it may take a while.",
                    e);
        }
        if (!expected.equals(found)) {
            throw new WatchError(
                    name + " must be " + Texts.of(expected) + ", but was " + Texts.of(found)
                            + ". Use awaitState if it may take a while.",
                    null);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

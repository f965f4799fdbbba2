// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Something that can be taken down and that can say whether it is up: a link, a process, a wrapped object.
 *
 * <p>A schedule asks before, after taking it down and after bringing it back, so one that does not go down or does not
 * come back is a red test.
 *
 * <pre>{@code
 * Victim bank = Victim.of("bank", link::cut, () -> client.ping());
 * }</pre>
 *
 * @since 0.1
 */
public interface Victim {

    /** What it is called, in the ledger and in messages. */
    String name();

    /**
     * Takes it down. It may block; it is interrupted if its schedule is closed meanwhile and it does not return.
     *
     * @return what brings it back, closed once
     * @throws Exception if it can't be taken down; the schedule is red then
     */
    AutoCloseable down() throws Exception;

    /**
     * Asks the thing itself, not what was done to it. Must have an end of its own, a time-out say.
     *
     * @throws Exception as good as false
     */
    boolean isUp() throws Exception;

    /** How long it may take until it is seen down, and until it is seen up again; at most a day, 5 s unless overridden. */
    default Duration within() {
        return Outages.WITHIN;
    }

    /** Makes one of two pieces of code, which is seen down and up within 5 s. */
    static Victim of(String name, Callable<? extends AutoCloseable> down, Callable<Boolean> isUp) {
        return of(name, down, isUp, Outages.WITHIN);
    }

    /** As {@link #of(String, Callable, Callable)}, with another time until it is seen down, or up again. */
    static Victim of(String name, Callable<? extends AutoCloseable> down, Callable<Boolean> isUp, Duration within) {
        return Checks.requireNamed(new Given(
                name,
                Objects.requireNonNull(down, "down"),
                Objects.requireNonNull(isUp, "isUp"),
                Checks.requireSpan("within", within)));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.ledger.Ledger;
import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Makes sure that something works again after a failure, and measures how long that took.
 *
 * <p>Measured is from the call of {@link #assertRecovered} to the end of the first look that says yes, so call it when the
 * fault has ended. Looks every 10 milliseconds: that is how exact it is. What the probe throws is a no.
 *
 * <pre>{@code
 * outage.close();
 * Duration took = Recovery.of("orders", () -> orders.place(order).isAccepted())
 *         .noting(scope.ledger())
 *         .assertRecovered(Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Recovery {

    private static final Duration EVERY = Duration.ofMillis(10);

    private final String name;
    private final Eventually<Boolean> healthy;
    private final TimeSource time;
    private final Note note;

    /** Takes a sentence. */
    private interface Note {
        void take(String sentence);
    }

    private Recovery(String name, Eventually<Boolean> healthy, TimeSource time, Note note) {
        this.name = name;
        this.healthy = healthy;
        this.time = time;
        this.note = note;
    }

    /**
     * What is to recover.
     *
     * @param name for messages
     * @param probe whether it works
     */
    public static Recovery of(String name, Callable<Boolean> probe) {
        return new Recovery(
                name,
                Eventually.eventually(probe).as("recovery of " + name).every(EVERY),
                TimeSource.system(),
                sentence -> {});
    }

    /** Waits and measures on this time instead of the system's; as {@link Eventually#on}. */
    public Recovery on(TimeSource other) {
        return new Recovery(name, healthy.on(other), other, note);
    }

    /** Writes into this ledger how long it took, or that it did not recover. */
    public Recovery noting(Ledger ledger) {
        return new Recovery(name, healthy, time, ledger::noted);
    }

    /**
     * Waits until it works again.
     *
     * @return the time to recover
     * @throws WatchError if it does not work in time
     * @throws dev.chaostest.plan.ChaosException if the thread is interrupted; its flag stays set
     */
    public Duration assertRecovered(Duration within) {
        long begun = time.nanos();
        try {
            healthy.within(within);
        } catch (WatchError e) {
            note.take(name + " did not recover within " + Durations.print(within));
            throw e;
        }
        Duration took = Duration.ofNanos(time.nanos() - begun);
        note.take(name + " recovered after " + Durations.print(took));
        return took;
    }
}

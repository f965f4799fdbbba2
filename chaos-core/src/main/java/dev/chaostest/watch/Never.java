// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.watch;

import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.Callable;

/**
 * Makes sure that something does not become so, by looking again and again.
 *
 * <p>{@link Eventually#never} makes it. Looks at once, every 50 milliseconds, and a last time at the end. The first look that
 * says yes fails it, and so does one that throws, answers null or hangs: who can't look has not seen that all is well.
 * What comes and goes between two looks is not seen: collect events for that.
 *
 * <pre>{@code
 * never(() -> account.balance() < 0).as("overdrawn").during(Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Immutable, safe for use by many threads.
 *
 * @since 0.1
 */
public final class Never {

    private final String what;
    private final Callable<Boolean> condition;
    private final Pace pace;

    Never(String what, Callable<Boolean> condition, Pace pace) {
        this.what = what;
        this.condition = condition;
        this.pace = pace;
    }

    /** Names it, for the message. */
    public Never as(String name) {
        return new Never("\"" + name + "\"", condition, pace);
    }

    /** Looks so often, instead of every 50 milliseconds. */
    public Never every(Duration pause) {
        return new Never(what, condition, pace.every(pause, pause));
    }

    /** Waits on this time instead of the system's; as {@link Eventually#on}. */
    public Never on(TimeSource time) {
        return new Never(what, condition, pace.on(time));
    }

    /** Looks on the calling thread; as {@link Eventually#onThisThread}. */
    public Never onThisThread() {
        return new Never(what, condition, pace.onThisThread());
    }

    /**
     * Looks for so long.
     *
     * @param span not negative; zero looks once
     * @throws WatchError if it holds, or can't be looked at
     * @throws dev.chaostest.plan.ChaosException if the thread is interrupted; its flag stays set
     */
    public void during(Duration span) {
        Sightings seen = new Sightings();
        Polling polling = new Polling(what, pace, span, seen.looking(() -> !seen.look(condition) || !isNo(seen)));
        Polling.End end = polling.run();
        if (!end.enough() && !end.hangs()) {
            return;
        }
        String after = Durations.print(polling.elapsed());
        String must = what + " must not hold during " + Durations.print(span) + ", but ";
        if (Boolean.TRUE.equals(seen.last()) && seen.thrown() == null) {
            throw new WatchError(must + "did after " + after + ". Check what the code did.", null);
        }
        String found = seen.thrown() == null ? "it gave no answer" : "it threw " + Texts.of(seen.thrown());
        throw new WatchError(
                must + "after " + after + " nobody can say: " + found + ". Let the condition answer at every look."
                        + Eventually.hanging(end),
                seen.thrown());
    }

    private static boolean isNo(Sightings seen) {
        return Boolean.FALSE.equals(seen.last());
    }
}

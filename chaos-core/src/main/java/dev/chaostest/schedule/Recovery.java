// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Durations;
import dev.chaostest.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Remembers which victims are not seen up again yet, and waits for them in the end. */
final class Recovery {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final List<Pending> pending = new CopyOnWriteArrayList<>();

    /** One victim that must come back. */
    final class Pending {
        private final Part part;
        private final Victim victim;

        private Pending(Part part, Victim victim) {
            this.part = part;
            this.victim = victim;
        }

        /** It need not be looked at any more. */
        void isSeen() {
            pending.remove(this);
        }
    }

    Pending expect(Part part, Victim victim) {
        Pending expected = new Pending(part, victim);
        if (Given.canSay(victim)) {
            pending.add(expected);
        }
        return expected;
    }

    /** The longest that {@link #awaitAll} may take. */
    Duration longest() {
        return pending.stream()
                .map(each -> each.victim.within())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO);
    }

    /** Waits, in real time since nobody may move another one any more; who is not back, one each. */
    List<ScheduleError> awaitAll() {
        List<ScheduleError> failures = new ArrayList<>();
        long since = System.nanoTime();
        for (Pending each : pending) {
            Probe probe = Probe.of(each.victim);
            while (!probe.isUp()
                    && System.nanoTime() - since < each.victim.within().toNanos()
                    && pause()) {
                probe = Probe.of(each.victim);
            }
            if (!probe.isUp()) {
                failures.add(notBack(each.part.name(), each.victim, "closing", probe.problem()));
            }
            each.isSeen();
        }
        return failures;
    }

    private static boolean pause() {
        try {
            TimeSource.system().timer(PAUSE).get();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException neverFails) {
            return false;
        }
    }

    static ScheduleError notBack(String schedule, Victim victim, String step, @Nullable Throwable problem) {
        return new ScheduleError(
                "Schedule \"" + schedule + "\" must bring " + victim.name() + " back, but it was not up after "
                        + Durations.print(victim.within()) + " (" + step
                        + "). Look at why it does not start again; if it needs longer, give the victim a longer within.",
                problem);
    }
}

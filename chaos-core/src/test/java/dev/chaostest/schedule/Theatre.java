// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.ledger.LedgerEntry;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.Plan;
import dev.chaostest.plan.Seed;
import dev.chaostest.time.VirtualTime;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** A round on virtual time, and somebody who moves it on as fast as the schedule can follow. */
final class Theatre {

    static final Duration DEADLINE = Duration.ofSeconds(30);

    /** How often to look whether it is through. */
    private static final Duration LOOK = Duration.ofMillis(2);

    final VirtualTime time = new VirtualTime();
    final Round round;

    Theatre(long seed) {
        round = new Round("theatre", Plan.of(new Seed(seed)), time);
    }

    Theatre() {
        this(77);
    }

    RunningSchedule start(Schedule schedule) {
        return RunningSchedule.start(schedule, round);
    }

    /** Moves on from step to step until the schedule is through. */
    void play(RunningSchedule running) {
        while (isWaiting(running)) {
            time.advance(time.timers().get(0));
        }
    }

    /** Moves on by so much, from step to step. */
    void play(RunningSchedule running, Duration span) {
        long end = time.nanos() + span.toNanos();
        while (isWaiting(running)) {
            Duration next = time.timers().get(0);
            if (time.nanos() + next.toNanos() > end) {
                time.advance(Duration.ofNanos(end - time.nanos()));
                return;
            }
            time.advance(next);
        }
    }

    /** Waits until it waits for the clock, which is true, or is through. */
    boolean isWaiting(RunningSchedule running) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!running.isThrough()) {
            try {
                time.awaitTimers(1, LOOK);
                return true;
            } catch (IllegalStateException notYet) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException(running + " neither waits nor ends", notYet);
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts a test", e);
            }
        }
        return false;
    }

    List<String> ledger() {
        return round.ledger().entries(LedgerEntry.Noted.class).stream()
                .map(note -> String.format(Locale.ROOT, "%.2f %s", note.at().toMillis() / 1000.0, note.text()))
                .toList();
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Durations;
import java.time.Duration;

/** Takes victims down and brings them back, and looks each time whether that is so. On the schedule's thread. */
final class Outages {

    static final Duration WITHIN = Duration.ofSeconds(5);

    /** How often a victim is asked. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Stage stage;
    private final Part part;

    Outages(Stage stage, Part part) {
        this.stage = stage;
        this.part = part;
    }

    /** A victim that is down, or on its way. */
    record Outage(Victim victim, Opened opened, Recovery.Pending pending) {}

    /** What follows. */
    @FunctionalInterface
    interface Then {
        void run(Outage outage) throws Exception;
    }

    /** Takes it down; what follows does so when it is seen down. */
    void takeDown(Victim victim, String step, Then then) throws Exception {
        boolean asks = Given.canSay(victim);
        if (asks) {
            Probe before = Probe.of(victim);
            if (!before.isUp()) {
                throw new ScheduleError(
                        "Schedule \"" + part.name() + "\" must find " + victim.name()
                                + " up before it takes it down, but it was not (" + step
                                + "). Start it before the schedule, and "
                                + "check that its isUp asks the thing itself.",
                        before.problem());
            }
        }
        Recovery.Pending pending = stage.recovery().expect(part, victim);
        Opened opened = stage.undo().open(victim.name(), victim::down);
        part.step(step);
        Outage outage = new Outage(victim, opened, pending);
        if (asks) {
            await(outage, false, step, stage.nanos(), () -> then.run(outage));
        } else {
            then.run(outage);
        }
    }

    /** Brings it back; what follows does so when it is seen up. */
    void bringBack(Outage outage, String step, Act then) throws Exception {
        stage.undo().close(outage.opened());
        Act seen = () -> {
            outage.pending().isSeen();
            part.step(step);
            then.run();
        };
        if (Given.canSay(outage.victim())) {
            await(outage, true, step, stage.nanos(), seen);
        } else {
            seen.run();
        }
    }

    private void await(Outage outage, boolean up, String step, long since, Act then) throws Exception {
        Probe probe = Probe.of(outage.victim());
        if (probe.isUp() == up) {
            then.run();
        } else if (stage.nanos() - since >= outage.victim().within().toNanos()) {
            if (up) {
                outage.pending().isSeen(); // as far as it will ever be; it is said below
                throw Recovery.notBack(part.name(), outage.victim(), step, probe.problem());
            }
            throw new ScheduleError("Schedule \"" + part.name() + "\" must take "
                    + outage.victim().name() + " down, but it was still up after "
                    + Durations.print(outage.victim().within()) + " ("
                    + step + "). Check that down() reaches it, and that its isUp asks the thing itself.");
        } else {
            stage.in(PAUSE, () -> await(outage, up, step, since, then));
        }
    }
}

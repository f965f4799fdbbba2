// SPDX-License-Identifier: Apache-2.0
package dev.chaostest;

import dev.chaostest.mount.Mount;
import dev.chaostest.mount.Round;
import dev.chaostest.plan.ChaosException;
import dev.chaostest.plan.Rule;
import dev.chaostest.schedule.RunningSchedule;
import dev.chaostest.schedule.Schedule;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong on purpose, from the first arming until it is healed for good.
 *
 * <p>Each thing looks again behind its entry whether all was healed meanwhile, so nothing stays behind.
 */
final class ActiveChaos {

    private final Round round;
    private final List<Mount> mounts = new CopyOnWriteArrayList<>();
    private final List<Mount.Arming> armings = new CopyOnWriteArrayList<>();
    private final List<ActiveInjection> injections = new CopyOnWriteArrayList<>();
    private final List<RunningSchedule> schedules = new CopyOnWriteArrayList<>();
    private final AtomicBoolean healed = new AtomicBoolean();
    private volatile @Nullable String forbidden;

    ActiveChaos(Round round) {
        this.round = round;
    }

    /** @param why the sentence that faults fail with from now on */
    void forbid(String why) {
        forbidden = why;
    }

    void requireAllowed() {
        String why = forbidden;
        if (why != null) {
            throw new ChaosException(why);
        }
    }

    void arm(Mount mount) {
        injections.forEach(injection -> mount.requireCarried(injection.rule()));
        Mount.Arming arming = mount.arm(round);
        armings.add(arming);
        mounts.add(mount);
        if (healed.get()) { // a dead round must not keep the mount from the next one
            arming.close();
            throw healedAlready(mount.name() + " must be armed");
        }
        round.ledger().noted("armed on " + mount.name());
    }

    Injection inject(Rule rule) {
        requireAllowed();
        mounts.forEach(mount -> mount.requireCarried(rule));
        if (healed.get()) {
            throw healedAlready("\"" + rule + "\" must be injected");
        }
        ActiveInjection injection = new ActiveInjection(rule, round.add(rule), round.ledger());
        injections.add(injection);
        if (healed.get()) {
            injection.close();
        }
        return injection;
    }

    /** @param owned told before anybody else knows the handle */
    RunningSchedule run(Schedule schedule, Consumer<RunningSchedule> owned) {
        requireAllowed();
        if (healed.get()) {
            throw healedAlready("schedule \"" + schedule + "\" must run");
        }
        RunningSchedule running = RunningSchedule.start(schedule, round);
        owned.accept(running);
        schedules.add(running);
        if (healed.get()) {
            running.heal();
        }
        return running;
    }

    private IllegalStateException healedAlready(String what) {
        return new IllegalStateException(what + " while scope \"" + round.name()
                + "\" is open, but it is healed. Do it earlier, or open a new scope.");
    }

    /** Twice is harmless. */
    void heal() {
        schedules.forEach(RunningSchedule::heal); // first: a step must not find the scope healed
        if (!healed.compareAndSet(false, true)) {
            return;
        }
        injections.forEach(ActiveInjection::close);
        for (int i = armings.size() - 1; i >= 0; i--) {
            armings.get(i).close();
        }
        try {
            round.end();
        } finally {
            round.ledger().noted("healed");
        }
    }
}

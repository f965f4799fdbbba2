// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.mount.Round;
import dev.chaostest.plan.Lane;
import dev.chaostest.plan.Site;
import java.util.function.Consumer;

/** One of the schedules that run under a handle: its name, its draws, its steps. */
final class Part {

    private final String name;
    private final Round round;
    private final Lane lane;
    private final Consumer<String> steps;
    private volatile boolean reached;

    /** @param steps told each step, after the ledger */
    Part(String name, Round round, Consumer<String> steps) {
        this.name = name;
        this.round = round;
        this.lane = round.newLane(name); // two of one name don't draw alike, and others don't move the draws
        this.steps = steps;
    }

    String name() {
        return name;
    }

    double draw(Site what, int nth) {
        return round.plan().seed().draw(what, lane, nth);
    }

    /** It did something, or could have. */
    void reached() {
        reached = true;
    }

    boolean isReached() {
        return reached;
    }

    void step(String text) {
        reached = true;
        idleStep(text);
    }

    /** One that did nothing: it alone is not what the schedule is for. */
    void idleStep(String text) {
        round.ledger().noted(name + ": " + text);
        steps.accept(name + ": " + text);
    }
}

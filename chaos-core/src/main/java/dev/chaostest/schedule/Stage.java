// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.mount.Round;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a schedule has to work with while it runs.
 *
 * @param parts all that run under the handle
 * @param steps told each step
 * @param offset when what is begun here is to begin
 */
record Stage(
        Round round,
        Timeline timeline,
        Undo undo,
        Recovery recovery,
        List<Part> parts,
        Consumer<String> steps,
        Duration offset) {

    Stage delayed(Duration delay) {
        return new Stage(round, timeline, undo, recovery, parts, steps, offset.plus(delay));
    }

    /** Registered at once, also if it begins later: one that never came to its turn is to be told. */
    Part part(String name) {
        Part part = new Part(name, round, steps);
        parts.add(part);
        return part;
    }

    Outages outages(Part part) {
        return new Outages(this, part);
    }

    Dial dial(Part part, Level level) {
        return new Dial(part, level, undo);
    }

    void start(Act first) {
        timeline.in(offset, first);
    }

    void in(Duration delay, Act act) {
        timeline.in(delay, act);
    }

    long nanos() {
        return timeline.nanos();
    }
}

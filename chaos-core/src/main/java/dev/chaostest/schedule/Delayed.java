// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Durations;
import java.time.Duration;

/** A schedule that begins later. */
final class Delayed extends Schedule {

    private final Duration delay;
    private final Schedule later;

    Delayed(Duration delay, Schedule later) {
        this.delay = delay;
        this.later = later;
    }

    @Override
    void begin(Stage stage) {
        later.begin(stage.delayed(delay));
    }

    @Override
    boolean isEndless() {
        return later.isEndless();
    }

    @Override
    public String toString() {
        return later + " after " + Durations.print(delay);
    }
}

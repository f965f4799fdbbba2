// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import java.util.List;
import java.util.stream.Collectors;

/** Several schedules at the same time. */
final class Combined extends Schedule {

    private final List<Schedule> parts;

    Combined(List<Schedule> parts) {
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(
                    "a combined schedule must have parts, but had none. Hand over at least one schedule.");
        }
        this.parts = parts;
    }

    @Override
    void begin(Stage stage) {
        parts.forEach(part -> part.begin(stage));
    }

    @Override
    boolean isEndless() {
        return parts.stream().anyMatch(Schedule::isEndless);
    }

    @Override
    public String toString() {
        return parts.stream().map(Schedule::toString).collect(Collectors.joining(" + "));
    }
}

// SPDX-License-Identifier: Apache-2.0
package dev.chaostest.schedule;

import dev.chaostest.plan.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A fault for a span of time, or until closed. */
final class Span extends Schedule {

    private final Victim victim;
    private final @Nullable Duration span;

    /** @param span null for until closed */
    Span(Victim victim, @Nullable Duration span) {
        this.victim = Checks.requireNamed(victim);
        this.span = span;
    }

    @Override
    void begin(Stage stage) {
        Part part = stage.part(toString());
        Outages outages = stage.outages(part);
        stage.start(() -> outages.takeDown(victim, "begins", down -> {
            if (span != null) {
                stage.in(span, () -> outages.bringBack(down, "ends", () -> {}));
            }
        }));
    }

    @Override
    boolean isEndless() {
        return false; // it is through when the fault is there, and holds then
    }

    @Override
    public String toString() {
        return victim.name() + (span == null ? " until closed" : " during " + Durations.print(span));
    }
}
